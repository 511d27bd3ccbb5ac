/* kinds_help.h - a machine in a temporary folder that plans are made for and performed on.
 *
 *	lab_put(lab, "fs/proc/modules", "...");
 *	lab_describe(lab, "memory:\n  hugepages: {2MiB: 4}\n");
 *	assert_string_equal(lab_plan(lab), "...");
 *	lab_perform(lab);                      // files, sysfs, units, libvirt's networks
 *	assert_string_equal(lab_plan(lab), "");
 *
 * Performing writes into the captured machine what the real verbs would have left there, so
 * that "after the plan the next plan is empty" is tested without a machine.
 */
#pragma once

#include <ftw.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "formats/json.h"
#include "host/read/host.h"
#include "plan/plan.h"

#define LAB_USE __attribute__((unused)) static

struct lab {
	struct arena *arena;
	struct faults faults;
	const char *hint; /* of the last fault that was told; "" where it has none */
	struct sources sources;
	char folder[40];
	struct desired desired;
	struct seen seen;
	struct plan plan;
	struct items ledger;
	unsigned descriptions;
};

static int lab_unlink(const char *path, const struct stat *status, int flag, struct FTW *ftw)
{
	(void)status, (void)flag, (void)ftw;
	return remove(path);
}

LAB_USE int lab_teardown(void **state)
{
	struct lab *lab = *state;

	nftw(lab->folder, lab_unlink, 16, FTW_DEPTH | FTW_PHYS);
	arena_free(lab->arena);
	test_free(lab);
	return 0;
}

static char *lab_path(struct lab *lab, const char *path)
{
	return arena_printf(lab->arena, "%s/%s", lab->folder, path);
}

/* Writes a file of the capture, with the folders above it. */
LAB_USE void lab_put(struct lab *lab, const char *path, const char *text)
{
	char *whole = lab_path(lab, path);

	for (char *slash = whole + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		mkdir(whole, 0755);
		*slash = '/';
	}
	FILE *file = fopen(whole, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* The same of a file that is no text. */
LAB_USE void lab_put_bytes(struct lab *lab, const char *path, const char *bytes, size_t size)
{
	lab_put(lab, path, "");
	FILE *file = fopen(lab_path(lab, path), "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* Makes a symbolic link of the capture, or has it lead elsewhere. */
LAB_USE void lab_symlink(struct lab *lab, const char *path, const char *target)
{
	lab_put(lab, arena_printf(lab->arena, "%s.folder", path), "");
	remove(lab_path(lab, arena_printf(lab->arena, "%s.folder", path)));
	remove(lab_path(lab, path));
	assert_int_equal(symlink(target, lab_path(lab, path)), 0);
}

/* Only networkd runs there. */
LAB_USE int lab_setup(void **state)
{
	struct lab *lab = test_calloc(1, sizeof(*lab));

	lab->arena = arena_new();
	lab->ledger.arena = lab->arena;
	faults_init(&lab->faults, lab->arena);
	sources_init(&lab->sources, lab->arena);
	strcpy(lab->folder, "/tmp/gasthof-lab-XXXXXX");
	assert_non_null(mkdtemp(lab->folder));
	lab_put(lab, "units.json",
		"{\"systemd-networkd.service\": {\"load\": \"loaded\", \"active\": \"active\", "
		"\"enabled\": \"enabled\"}, \"systemd-networkd-wait-online.service\": "
		"{\"load\": \"loaded\", \"active\": \"active\", \"enabled\": \"enabled\"}}");
	*state = lab;
	return 0;
}

/* The text of a file of the capture; NULL: not there. */
LAB_USE const char *lab_get(struct lab *lab, const char *path)
{
	FILE *file = fopen(lab_path(lab, path), "r");
	struct text text = text_of(lab->arena);
	char buffer[4096];
	size_t size;

	if (!file)
		return NULL;
	while ((size = fread(buffer, 1, sizeof(buffer), file)) > 0)
		text_add_bytes(&text, buffer, size);
	fclose(file);
	return text.at;
}

LAB_USE const char *lab_faults(struct lab *lab)
{
	struct text text = text_of(lab->arena);

	lab->hint = "";
	for (const struct fault *fault = lab->faults.first; fault; fault = fault->next) {
		lab->hint = fault->hint ? fault->hint : "";
		if (fault->mark.line)
			text_addf(&text, "%u:%u: ", fault->mark.line, fault->mark.column);
		text_addf(&text, "%s\n", fault->message);
	}
	faults_init(&lab->faults, lab->arena);
	return text.at;
}

/* Reads a description (its first line, "gasthof: 1", is added).  The faults as text. */
LAB_USE const char *lab_describe(struct lab *lab, const char *yaml)
{
	const char *text = arena_printf(lab->arena, "gasthof: 1\n%s", yaml);
	const char *name = arena_printf(lab->arena, "%u.yaml", ++lab->descriptions);
	struct node *root = NULL;

	if (document_parse(&lab->sources, name, text, strlen(text), &root, &lab->faults) == 0) {
		desired_prepare(lab->arena, root, kinds, &lab->faults);
		(void)!desired_build(&lab->desired, lab->arena, kinds, root, &lab->faults);
	}
	return lab_faults(lab);
}

/* What would be done, line by line; faults stand at its end. */
LAB_USE const char *lab_plan(struct lab *lab)
{
	struct text text = text_of(lab->arena);
	struct host *host = host_open_captured(lab->arena, lab->folder, &lab->faults);

	assert_non_null(host);
	lab->seen = (struct seen){ .arena = lab->arena };
	seen_observe(&lab->seen, lab->arena, host, &lab->desired, &lab->ledger, &lab->faults);
	(void)!plan_make(&lab->plan, lab->arena, &lab->desired, &lab->seen, &lab->ledger,
			 &lab->faults);
	EACH(each, &lab->plan.items) {
		const struct plan_item *item = *each;
		if (!item->steps.list.count && !item->steps.waits.count)
			continue;
		text_addf(&text, "%s: %s\n", item->path, action_name(item->action));
		EACH(step, &item->steps.list) {
			struct step shown = *step;
			shown.body = NULL;
			text_add(&text, "  ");
			step_print(&text, &shown);
			text_add(&text, "\n");
		}
		EACH(wait, &item->steps.waits)
			text_addf(&text, "  wait %s: %s\n", wait_name(wait->wait), wait->why);
	}
	text_add(&text, lab_faults(lab));
	return text.at;
}

/* The paths of an item that differ, "path: old -> new" a line. */
LAB_USE const char *lab_differs(struct lab *lab, const char *path)
{
	const struct plan_item *item = plan_find(&lab->plan, path);
	struct text text = text_of(lab->arena);

	assert_non_null(item);
	for (size_t i = 0; i < item->differs.count; i++) {
		const struct path *differs = &item->differs.at[i];
		text_addf(&text, "%s: %s -> %s\n", differs->path, differs->old ? differs->old : "",
			  differs->new ? differs->new : "");
	}
	return text.at;
}

/* Replaces (or takes out) one member of a JSON file's top. */
LAB_USE void lab_json(struct lab *lab, const char *path, const char *key, struct node *value)
{
	const char *old = lab_get(lab, path);
	struct node *root = NULL;
	struct text text = text_of(lab->arena);

	if (!old)
		old = "{}";
	assert_int_equal(json_read(lab->arena, old, strlen(old), &root, &lab->faults), 0);
	node_remove(root, key);
	if (value)
		node_put(lab->arena, root, key, value);
	json_write(&text, root, true);
	lab_put(lab, path, text.at);
}

static struct node *lab_member(struct lab *lab, const char *path, const char *key)
{
	const char *old = lab_get(lab, path);
	struct node *root = NULL;

	if (!old)
		return node_map(lab->arena);
	assert_int_equal(json_read(lab->arena, old, strlen(old), &root, &lab->faults), 0);
	const struct node *member = node_get(root, key);
	return member ? node_copy(lab->arena, member) : node_map(lab->arena);
}

static void lab_member_set(struct lab *lab, const char *path, const char *key, const char *what,
			   const char *value)
{
	struct node *member = lab_member(lab, path, key);

	node_remove(member, what);
	node_put(lab->arena, member, what, node_scalar(lab->arena, value));
	lab_json(lab, path, key, member);
}

static void lab_unit(struct lab *lab, const struct step *step)
{
	const char *unit = step->argument[0];

	lab_member_set(lab, "units.json", unit, "load", "loaded");
	if (step->verb == VERB_unit_enable || step->verb == VERB_unit_disable)
		lab_member_set(lab, "units.json", unit, "enabled",
			       step->verb == VERB_unit_enable ? "enabled" : "disabled");
	else
		lab_member_set(lab, "units.json", unit, "active",
			       step->verb == VERB_unit_stop ? "inactive" : "active");
}

/* One limit of a slice, as systemd holds it ("": none). */
LAB_USE void lab_setting(struct lab *lab, const char *unit, const char *name, const char *value)
{
	struct node *member = lab_member(lab, "units.json", unit);
	const struct node *old = node_get(member, "settings");
	struct node *settings = old ? node_copy(lab->arena, old) : node_map(lab->arena);

	node_remove(settings, name);
	if (*value)
		node_put(lab->arena, settings, name, node_quoted(lab->arena, value));
	node_remove(member, "settings");
	node_put(lab->arena, member, "settings", settings);
	lab_json(lab, "units.json", unit, member);
}

static void lab_network(struct lab *lab, const struct step *step)
{
	const char *name = step->argument[0], *all = "libvirt/networks.json";
	const char *xml = arena_printf(lab->arena, "libvirt/networks/%s.xml", name);

	if (step->verb == VERB_network_define) {
		lab_put(lab, xml, step->body);
		lab_member_set(lab, all, name, "persistent", "true");
	} else if (step->verb == VERB_network_undefine) {
		remove(lab_path(lab, xml));
		lab_json(lab, all, name, NULL);
	} else if (step->verb == VERB_network_autostart) {
		lab_member_set(lab, all, name, "autostart", step->argument[1]);
	} else if (step->verb != VERB_network_restart) {
		lab_member_set(lab, all, name, "active",
			       step->verb == VERB_network_start ? "true" : "false");
	}
}

static void lab_pool(struct lab *lab, const struct step *step)
{
	const char *name = step->argument[0], *all = "libvirt/pools.json";
	const char *xml = arena_printf(lab->arena, "libvirt/pools/%s.xml", name);

	if (step->verb == VERB_pool_define) {
		bool is_new = access(lab_path(lab, xml), F_OK) < 0;
		lab_put(lab, xml, step->body);
		lab_member_set(lab, all, name, "persistent", "true");
		if (is_new)
			lab_member_set(lab, all, name, "active", "false");
	} else if (step->verb == VERB_pool_undefine) {
		remove(lab_path(lab, xml));
		lab_json(lab, all, name, NULL);
	} else if (step->verb == VERB_pool_autostart) {
		lab_member_set(lab, all, name, "autostart", step->argument[1]);
	} else if (step->verb != VERB_pool_restart) {
		lab_member_set(lab, all, name, "active",
			       step->verb == VERB_pool_start ? "true" : "false");
	}
}

/* libvirt says what it was told, and the capacity that it has by now. */
static void lab_pool_volume(struct lab *lab, const struct step *step)
{
	const char *path = arena_printf(lab->arena, "libvirt/volumes/%s/%s.xml", step->argument[0],
					step->argument[1]);
	static const char word[] = "<capacity unit=\"bytes\">";

	if (step->verb == VERB_pool_volume_create) {
		lab_put(lab, path, step->body);
	} else if (step->verb == VERB_pool_volume_delete) {
		remove(lab_path(lab, path));
	} else {
		const char *xml = lab_get(lab, path), *at = strstr(xml, word);
		assert_non_null(at);
		at += strlen(word);
		lab_put(lab, path,
			arena_printf(lab->arena, "%.*s%s%s", (int)(at - xml), xml,
				     step->argument[2], strchr(at, '<')));
	}
}

/* Files that the capture describes in files.json alone. */
static struct node *lab_image(struct lab *lab, const char *format, const char *size,
			      const char *mark)
{
	struct node *file = node_map(lab->arena);
	struct node *image = node_put(lab->arena, file, "image", node_map(lab->arena));
	struct node *xattr = node_put(lab->arena, file, "xattr", node_map(lab->arena));

	node_put(lab->arena, image, "format", node_quoted(lab->arena, format));
	node_put(lab->arena, image, "size", node_scalar(lab->arena, size));
	node_put(lab->arena, file, "size", node_scalar(lab->arena, "1000"));
	node_put(lab->arena, xattr, "user.gasthof", node_quoted(lab->arena, mark));
	return file;
}

/* The size of the file itself. */
static void lab_size(struct lab *lab, struct node *file, const char *size)
{
	node_remove(file, "size");
	node_put(lab->arena, file, "size", node_scalar(lab->arena, size));
}

/* A volume says what it stands on, and what that was like. */
static void lab_backing(struct lab *lab, struct node *file, const char *backing)
{
	struct node *image = lab_member(lab, "files.json", backing);
	const char *digest = node_text(node_get(image, "xattr"), "user.gasthof.sha256");

	node_put(lab->arena, (struct node *)node_get(file, "image"), "backing",
		 node_quoted(lab->arena, backing));
	if (digest)
		node_put(lab->arena, (struct node *)node_get(file, "xattr"), "user.gasthof.backing",
			 node_quoted(lab->arena, digest));
}

enum { LAB_IMAGE_BYTES = 2 << 20 }; /* the virtual size of every image that is fetched */

static void lab_file_mark(struct lab *lab, const char *path, const char *mark)
{
	struct node *file = lab_member(lab, "files.json", path);
	struct node *xattr = node_map(lab->arena);

	node_remove(file, "xattr");
	node_put(lab->arena, file, "xattr", xattr);
	node_put(lab->arena, xattr, "user.gasthof", node_quoted(lab->arena, mark));
	lab_json(lab, "files.json", path, file);
}

static void lab_storage(struct lab *lab, const struct step *step)
{
	const char *const *argument = step->argument, *path = argument[0];
	const char *some = arena_printf(lab->arena, "%d", LAB_IMAGE_BYTES);

	if (step->verb == VERB_image_fetch) {
		struct node *file = lab_image(lab, argument[3], some, argument[4]);
		const char *digest = arena_printf(lab->arena, "%s 1000",
						  argument[2] ? argument[2]
							      : "00000000000000000000000000000000"
								"00000000000000000000000000000000");
		node_put(lab->arena, (struct node *)node_get(file, "xattr"), "user.gasthof.sha256",
			 node_quoted(lab->arena, digest));
		lab_json(lab, "files.json", path, file);
	} else if (step->verb == VERB_volume_create) {
		struct node *file =
			lab_image(lab, argument[1], argument[2] ? argument[2] : some, argument[5]);
		if (argument[3])
			lab_backing(lab, file, argument[3]);
		if (string_equal(argument[1], "raw"))
			lab_size(lab, file, argument[2]);
		lab_json(lab, "files.json", path, file);
	} else if (step->verb == VERB_volume_resize) {
		struct node *file = lab_member(lab, "files.json", path);
		struct node *image = (struct node *)node_get(file, "image");
		node_remove(image, "size");
		node_put(lab->arena, image, "size", node_scalar(lab->arena, argument[2]));
		if (string_equal(argument[1], "raw"))
			lab_size(lab, file, argument[2]);
		lab_json(lab, "files.json", path, file);
	} else {
		lab_json(lab, "files.json", path, NULL);
	}
}

static void lab_archive(struct lab *lab, const struct step *step)
{
	struct node *file = node_map(lab->arena), *root = NULL;
	struct node *archive = node_put(lab->arena, file, "archive", node_map(lab->arena));

	assert_int_equal(document_parse(&lab->sources, "archive", step->body, step->body_size,
					&root, &lab->faults),
			 0);
	node_put(lab->arena, archive, "label", node_quoted(lab->arena, step->argument[2]));
	node_put(lab->arena, archive, "files", root);
	lab_json(lab, "files.json", step->argument[0], file);
}

/* As libvirt lays it into the metadata, of what is configured and of what runs. */
static void lab_domain_mark(struct lab *lab, const char *file, const char *mark)
{
	const char *xml = lab_get(lab, file), *end = xml ? strstr(xml, "</domain>") : NULL;

	if (!end)
		return;
	lab_put(lab, file,
		arena_printf(lab->arena,
			     "%.*s<metadata><item xmlns=\"urn:gasthof:1\"%s</metadata></domain>",
			     (int)(end - xml), xml, mark + strlen("<item")));
}

static void lab_domain(struct lab *lab, const struct step *step)
{
	const char *name = step->argument[0], *all = "libvirt/domains.json";
	const char *xml = arena_printf(lab->arena, "libvirt/domains/%s.xml", name);
	const char *live = arena_printf(lab->arena, "libvirt/domains/%s.live.xml", name);
	const char *saved = arena_printf(lab->arena, "libvirt/domains/%s.saved.xml", name);
	const char *memory = lab_get(lab, saved);

	if (step->verb == VERB_domain_define)
		lab_put(lab, xml, step->body);
	else if (step->verb == VERB_domain_mark)
		lab_domain_mark(lab, xml, step->body), lab_domain_mark(lab, live, step->body);
	else if (step->verb == VERB_domain_undefine)
		remove(lab_path(lab, xml)), remove(lab_path(lab, saved));
	else if (step->verb == VERB_domain_autostart)
		lab_member_set(lab, all, name, "autostart", step->argument[1]);
	else if (step->verb == VERB_domain_start || step->verb == VERB_domain_set)
		/* what is set is what is configured */
		lab_put(lab, live, memory ? memory : lab_get(lab, xml)),
			remove(lab_path(lab, saved));
	else
		remove(lab_path(lab, live));
	if (step->verb == VERB_domain_start || step->verb == VERB_domain_stop)
		lab_member_set(lab, all, name, "state",
			       step->verb == VERB_domain_start ? "running" : "shutoff");
}

/* nft's own listing of a table in the form of formats/nft.h: `a b rest` is a comparison of field
 * b of protocol a with the rest. */
static struct node *lab_rule(struct lab *lab, const char *chain, const char *line)
{
	struct arena *arena = lab->arena;
	struct node *rule = node_map(arena), *match = node_map(arena), *payload = node_map(arena);
	size_t first = strcspn(line, " "), second = strcspn(line + first + 1, " ");

	node_put(arena, payload, "protocol", node_quoted(arena, arena_strndup(arena, line, first)));
	node_put(arena, payload, "field",
		 node_quoted(arena, arena_strndup(arena, line + first + 1, second)));
	node_put(arena, match, "op", node_quoted(arena, "=="));
	node_put(arena, node_put(arena, match, "left", node_map(arena)), "payload", payload);
	node_put(arena, match, "right", node_quoted(arena, line + first + 1 + second + 1));
	node_put(arena, rule, "chain", node_quoted(arena, chain));
	struct node *expressions = node_put(arena, rule, "expr", node_list(arena));
	node_put(arena, node_append(expressions, node_map(arena)), "match", match);
	return rule;
}

static struct node *lab_chain(struct lab *lab, const char *name, const char *line)
{
	struct node *chain = node_map(lab->arena);
	char type[16], hook[16], priority[16], policy[16];

	assert_int_equal(sscanf(line, "type %15s hook %15s priority %15[^;]; policy %15[^;];", type,
				hook, priority, policy),
			 4);
	node_put(lab->arena, chain, "name", node_quoted(lab->arena, name));
	node_put(lab->arena, chain, "type", node_quoted(lab->arena, type));
	node_put(lab->arena, chain, "hook", node_quoted(lab->arena, hook));
	node_put(lab->arena, chain, "prio", node_scalar(lab->arena, priority));
	node_put(lab->arena, chain, "policy", node_quoted(lab->arena, policy));
	return chain;
}

static void lab_rules(struct lab *lab, const struct step *step)
{
	const char *table = arena_printf(lab->arena, "%s %s", step->argument[0], step->argument[1]);
	struct node *all = node_map(lab->arena);
	struct node *list = node_put(lab->arena, all, "nftables", node_list(lab->arena));
	char chain[32] = "";

	for (const char *at = step->body; at && *at; at += strcspn(at, "\n") + 1) {
		const char *line = arena_strndup(lab->arena, at, strcspn(at, "\n"));
		struct node *entry = node_map(lab->arena);
		if (sscanf(line, "\tchain %31s {", chain) == 1 || !string_starts(line, "\t\t"))
			continue;
		if (string_starts(line + 2, "type "))
			node_put(lab->arena, entry, "chain", lab_chain(lab, chain, line + 2));
		else
			node_put(lab->arena, entry, "rule", lab_rule(lab, chain, line + 2));
		node_append(list, entry);
	}
	lab_json(lab, "nft.json", table, step->verb == VERB_rules_replace ? all : NULL);
}

/* Takes a link out of links.json and puts `link` (or nothing) there. */
static void lab_link(struct lab *lab, const char *name, struct node *link)
{
	const char *old = lab_get(lab, "links.json");
	struct node *links = NULL, *kept = node_list(lab->arena);
	struct text text = text_of(lab->arena);

	if (old)
		assert_int_equal(json_read(lab->arena, old, strlen(old), &links, &lab->faults), 0);
	if (links)
		NODE_EACH(one, links)
			if (!string_equal(node_get(one, "name")->text, name))
				node_append(kept, node_copy(lab->arena, one));
	if (link)
		node_append(kept, link);
	json_write(&text, kept, true);
	lab_put(lab, "links.json", text.at);
}

/* What networkd makes of one of our .netdev files and the .network file beside it. */
static void lab_netdev(struct lab *lab, const char *path)
{
	const char *netdev = lab_get(lab, path);
	char *network = arena_printf(lab->arena, "%.*snetwork", (int)(strlen(path) - 6), path);
	const char *text = lab_get(lab, network);
	struct node *link = node_map(lab->arena);
	struct node *addresses = node_put(lab->arena, link, "addresses", node_list(lab->arena));
	char name[32], kind[32];

	assert_int_equal(sscanf(strstr(netdev, "Name="), "Name=%31s Kind=%31s", name, kind), 2);
	for (const char *at = text; at && (at = strstr(at, "\nAddress=")); at++) {
		const char *address = at + strlen("\nAddress=");
		node_append(addresses,
			    node_quoted(lab->arena, arena_strndup(lab->arena, address,
								  strcspn(address, "\n"))));
	}
	node_put(lab->arena, link, "name", node_quoted(lab->arena, name));
	node_put(lab->arena, link, "kind", node_quoted(lab->arena, kind));
	node_put(lab->arena, link, "index", node_scalar(lab->arena, "7"));
	node_put(lab->arena, link, "up", node_scalar(lab->arena, "true"));
	lab_link(lab, name, link);
}

static void lab_links_reload(struct lab *lab)
{
	glob_t found = {};

	if (glob(lab_path(lab, "fs/etc/systemd/network/20-gasthof-*.netdev"), 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			lab_netdev(lab, found.gl_pathv[i] + strlen(lab->folder) + 1);
	globfree(&found);
}

/* gasthof-dnsmasq@.service runs on a copy of its files. */
static void lab_dnsmasq(struct lab *lab, const struct step *step)
{
	static const char *const files[] = { "dnsmasq.conf", "hosts", "records" };
	char network[64];

	if (sscanf(step->argument[0], "gasthof-dnsmasq@%63[^.]", network) != 1)
		return;
	for (size_t i = step->verb == VERB_unit_reload; i < COUNT_OF(files); i++) {
		const char *text =
			lab_get(lab, arena_printf(lab->arena, "fs/etc/gasthof/networks/%s/%s",
						  network, files[i]));
		if (text)
			lab_put(lab,
				arena_printf(lab->arena, "fs/run/gasthof-networks/%s/%s", network,
					     files[i]),
				text);
	}
}

/* Whoever is asked takes it; asked for anybody, "native" does. */
static void lab_pci_driver(struct lab *lab, const struct step *step)
{
	const char *driver = step->argument[1] ? step->argument[1] : "native";
	const char *folder =
		arena_printf(lab->arena, "fs/sys/bus/pci/devices/%s", step->argument[0]);
	const char *link = arena_printf(lab->arena, "%s/driver", folder);

	lab_put(lab, arena_printf(lab->arena, "%s/driver_override", folder),
		*step->argument[2] ? arena_printf(lab->arena, "%s\n", step->argument[2])
				   : "(null)\n");
	if (*driver)
		lab_symlink(lab, link, arena_printf(lab->arena, "../../../drivers/%s", driver));
	else
		remove(lab_path(lab, link));
}

/* What limits a unit cannot be emptied again. */
static void lab_set(struct lab *lab, const struct step *step)
{
	const struct unit_setting *setting = unit_setting_find(step->argument[1]);
	const char *path = unit_setting_path(lab->arena, step->argument[0], setting);
	const char *set = step->argument[2];

	path = arena_printf(lab->arena, "fs%s", path);
	if (lab_get(lab, path))
		lab_put(lab, path,
			*set ? arena_printf(lab->arena, "%s\n", set)
			     : lab_get(lab, arena_printf(lab->arena, "fs%s", setting->all)));
}

static void lab_swap(struct lab *lab, const struct step *step)
{
	struct node *file = node_map(lab->arena);
	struct node *xattr = node_put(lab->arena, file, "xattr", node_map(lab->arena));

	node_put(lab->arena, file, "size", node_scalar(lab->arena, step->argument[1]));
	node_put(lab->arena, xattr, "user.gasthof", node_quoted(lab->arena, step->argument[2]));
	lab_json(lab, "files.json", step->argument[0], file);
}

static void lab_timezone(struct lab *lab, const char *zone)
{
	struct node *file = node_map(lab->arena);
	const char *target = arena_printf(lab->arena, "../usr/share/zoneinfo/%s", zone);

	node_put(lab->arena, file, "link", node_quoted(lab->arena, target));
	lab_json(lab, "files.json", "/etc/localtime", file);
}

static void lab_step(struct lab *lab, const struct step *step)
{
	const char *path =
		step->argument[0] ? arena_printf(lab->arena, "fs%s", step->argument[0]) : NULL;

	switch (step->verb) {
	case VERB_file_write:
		lab_put_bytes(lab, path, step->body, step->body_size);
		break;
	case VERB_file_copy:
		lab_put(lab, path, step->argument[1]);
		break;
	case VERB_pci_driver:
		lab_pci_driver(lab, step);
		break;
	case VERB_sysfs_write:
	case VERB_pages_reserve:
		lab_put(lab, path, arena_printf(lab->arena, "%s\n", step->argument[1]));
		break;
	case VERB_unit_property:
		lab_setting(lab, step->argument[0], step->argument[1], step->argument[2]);
		break;
	case VERB_unit_set:
		lab_set(lab, step);
		break;
	case VERB_directory_make:
		lab_put(lab, arena_printf(lab->arena, "%s/.made", path), "");
		remove(lab_path(lab, arena_printf(lab->arena, "%s/.made", path)));
		break;
	case VERB_file_remove:
	case VERB_copy_remove:
	case VERB_directory_remove:
		remove(lab_path(lab, path));
		if (lab_get(lab, "files.json"))
			lab_json(lab, "files.json", step->argument[0], NULL);
		break;
	case VERB_unit_start:
	case VERB_unit_restart:
	case VERB_unit_reload:
		lab_dnsmasq(lab, step);
		lab_unit(lab, step);
		break;
	case VERB_unit_stop:
	case VERB_unit_enable:
	case VERB_unit_disable:
		lab_unit(lab, step);
		break;
	case VERB_rules_replace:
	case VERB_rules_remove:
		lab_rules(lab, step);
		break;
	case VERB_links_reload:
		lab_links_reload(lab);
		break;
	case VERB_link_remove:
		lab_link(lab, step->argument[0], NULL);
		break;
	case VERB_network_define:
	case VERB_network_undefine:
	case VERB_network_start:
	case VERB_network_stop:
	case VERB_network_restart:
	case VERB_network_autostart:
		lab_network(lab, step);
		break;
	case VERB_pool_define:
	case VERB_pool_undefine:
	case VERB_pool_start:
	case VERB_pool_stop:
	case VERB_pool_restart:
	case VERB_pool_autostart:
		lab_pool(lab, step);
		break;
	case VERB_pool_volume_create:
	case VERB_pool_volume_resize:
	case VERB_pool_volume_delete:
		lab_pool_volume(lab, step);
		break;
	case VERB_image_fetch:
	case VERB_image_remove:
	case VERB_volume_create:
	case VERB_volume_resize:
	case VERB_volume_remove:
		lab_storage(lab, step);
		break;
	case VERB_swap_make:
		lab_swap(lab, step);
		break;
	case VERB_swap_remove:
		lab_json(lab, "files.json", step->argument[0], NULL);
		break;
	case VERB_timezone_set:
		lab_timezone(lab, step->argument[0]);
		break;
	case VERB_archive_write:
		lab_archive(lab, step);
		break;
	case VERB_file_mark:
		lab_file_mark(lab, step->argument[0], step->argument[1]);
		break;
	case VERB_domain_mark:
	case VERB_domain_define:
	case VERB_domain_undefine:
	case VERB_domain_start:
	case VERB_domain_stop:
	case VERB_domain_autostart:
	case VERB_domain_set:
		lab_domain(lab, step);
		break;
	default:
		break;
	}
}

/* Performs the plan on the captured machine; what was described becomes the ledger. */
LAB_USE void lab_perform(struct lab *lab)
{
	EACH(item, &lab->plan.items)
		EACH(step, &(*item)->steps.list)
			lab_step(lab, step);
	lab->ledger.list.count = 0;
	EACH(item, &lab->desired.items.list)
		if (!((*item)->kind->flags & KIND_SETTINGS))
			items_put(&lab->ledger, *item);
}

/* Takes over what is described, there, and somebody else's.  The faults as text. */
LAB_USE const char *lab_adopt(struct lab *lab)
{
	static const struct adoption all = {};
	struct host *host = host_open_captured(lab->arena, lab->folder, &lab->faults);

	assert_non_null(host);
	lab->seen = (struct seen){ .arena = lab->arena };
	seen_observe(&lab->seen, lab->arena, host, &lab->desired, &lab->ledger, &lab->faults);
	(void)!plan_adopt(&lab->plan, lab->arena, &lab->desired, &lab->seen, &lab->ledger, &all,
			  &lab->faults);
	EACH(each, &lab->plan.items) {
		const struct plan_item *item = *each;
		EACH(step, &item->steps.list)
			lab_step(lab, step);
		if (item->action != ACTION_ADOPT)
			continue;
		struct item *gives = ARENA_NEW(lab->arena, struct item);
		*gives = *item->change.want;
		gives->value = (void *)item->gives;
		items_put(&lab->ledger, gives);
	}
	return lab_faults(lab);
}
