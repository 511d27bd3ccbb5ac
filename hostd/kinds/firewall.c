/* firewall.c - the one nftables table that is ours, `inet gasthof`.
 *
 * A person says what may come in; networks add what their guests may reach and what is
 * forwarded to them.  Everything is compared line by line in the canonical form of
 * formats/nft.h, both with the table in force and with /etc/gasthof/firewall.nft, from
 * which gasthof-firewall.service loads it before the network at boot.  Tables of others are
 * never touched; without `input` described nothing is closed to the outside.
 * Catalogue F17, F21, F22; PIT72.
 */
#include <string.h>
#include <sys/socket.h>

#include "formats/nft.h"
#include "formats/ours.h"
#include "host/read/host.h"
#include "kinds/file.h"
#include "resource/desired.h"

#define FIREWALL_FILE "/etc/gasthof/firewall.nft"
#define FIREWALL_UNIT "gasthof-firewall.service"

struct allow {
	struct given given;
	struct listen listen;
	struct prefix_list from;
};

struct input {
	struct given given;
	const char *policy;
	struct map allow; /* of struct allow */
};

struct rules { /* the lines of each chain */
	struct given given;
	struct text_list input, forward, prerouting, output, postrouting;
};

struct parts { /* what networks add, in the order in which it has to stand */
	struct given given;
	struct text_list services, hosts, walls;                             /* of chain input */
	struct text_list replies, forward, closed, forwarded, forward_walls; /* of chain forward */
	struct text_list prerouting, output, postrouting;
};

struct firewall {
	struct given given;
	struct input input;
	struct parts parts;
	struct rules rules;
	struct text_list extra, other;
	bool at_boot;
	const char *text; /* observed: our file; NULL: not there */
	bool absent;      /* observed: there is no such table */
};

static const struct field allow_fields[] = {
	FIELD("listen", struct allow, listen, CLASS_LIVE, "the port, and the address where not all",
	      .flags = FIELD_REQUIRED, .example = "22/tcp"),
	FIELD("from", struct allow, from, CLASS_LIVE, "who may come; everybody where not given"),
};
static const struct record allow_record =
	RECORD(struct allow, allow_fields, .shorthand = &allow_fields[0]);

static const char *const policies[] = { "accept", "drop", NULL };

static const struct field input_fields[] = {
	FIELD("policy", struct input, policy, CLASS_LIVE,
	      "what becomes of what is not allowed; replies, loopback, ICMP and what the host's "
	      "own "
	      "DHCP needs always come in",
	      .choices = policies, .fallback = "accept"),
	FIELD_MAP("allow", struct input, allow, &allow_record, CLASS_LIVE, "what may come in",
		  .example = "{ssh: {listen: 22/tcp}}"),
};
static const struct record input_record = RECORD(struct input, input_fields);

static const struct field rules_fields[] = {
	FIELD("input", struct rules, input, CLASS_LIVE, "chain input"),
	FIELD("forward", struct rules, forward, CLASS_LIVE, "chain forward"),
	FIELD("prerouting", struct rules, prerouting, CLASS_LIVE, "chain prerouting"),
	FIELD("output", struct rules, output, CLASS_LIVE, "chain output"),
	FIELD("postrouting", struct rules, postrouting, CLASS_LIVE, "chain postrouting"),
};
static const struct record rules_record = RECORD(struct rules, rules_fields);

static const struct field parts_fields[] = {
	FIELD("services", struct parts, services, CLASS_LIVE, "DHCP and DNS of guest networks"),
	FIELD("hosts", struct parts, hosts, CLASS_LIVE, "networks that reach the host"),
	FIELD("walls", struct parts, walls, CLASS_LIVE, "networks that do not"),
	FIELD("replies", struct parts, replies, CLASS_LIVE, "replies to guests"),
	FIELD("forward", struct parts, forward, CLASS_LIVE, "what guests reach, and who them"),
	FIELD("closed", struct parts, closed, CLASS_LIVE,
	      "networks that do not reach the internet"),
	FIELD("forwarded", struct parts, forwarded, CLASS_LIVE, "what forwards let in"),
	FIELD("forward_walls", struct parts, forward_walls, CLASS_LIVE, "and nothing else"),
	FIELD("prerouting", struct parts, prerouting, CLASS_LIVE, "forwards"),
	FIELD("output", struct parts, output, CLASS_LIVE, "forwards, from the host itself"),
	FIELD("postrouting", struct parts, postrouting, CLASS_LIVE, "masquerading"),
};
static const struct record parts_record = RECORD(struct parts, parts_fields);

static const struct field fields[] = {
	FIELD_RECORD("input", struct firewall, input, &input_record, CLASS_LIVE,
		     "what may come into the host", .flags = FIELD_PLAIN),
	FIELD_RECORD("parts", struct firewall, parts, &parts_record, CLASS_LIVE,
		     "what networks add", .flags = FIELD_IMPLIED | FIELD_PLAIN),
	FIELD_RECORD("rules", struct firewall, rules, &rules_record, CLASS_LIVE,
		     "the rules, chain by chain (nft list table inet gasthof)",
		     .flags = FIELD_IMPLIED),
	FIELD("extra", struct firewall, extra, CLASS_LIVE, "what was added to the table by hand",
	      .flags = FIELD_IMPLIED | FIELD_NOT_CONFIGURED),
	FIELD("other", struct firewall, other, CLASS_NONE, "what was edited by hand in our file",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
	FIELD("at_boot", struct firewall, at_boot, CLASS_NONE, "whether it is loaded at boot",
	      .flags = FIELD_IMPLIED | FIELD_NOT_RUNNING),
};
static const struct record firewall_record = RECORD(struct firewall, fields);

extern const struct kind firewall_kind;

/* Every chain: its name, where its lines are, and how it hooks in. */
static const struct chain {
	const char *name, *hook;
	size_t offset;
} chains[] = {
	{ "input", "type filter hook input priority 0; policy %s;", offsetof(struct rules, input) },
	{ "forward", "type filter hook forward priority 0; policy accept;",
	  offsetof(struct rules, forward) },
	{ "prerouting", "type nat hook prerouting priority -100; policy accept;",
	  offsetof(struct rules, prerouting) },
	{ "output", "type nat hook output priority -100; policy accept;",
	  offsetof(struct rules, output) },
	{ "postrouting", "type nat hook postrouting priority 100; policy accept;",
	  offsetof(struct rules, postrouting) },
};

static struct text_list *chain_lines(struct rules *rules, const struct chain *chain)
{
	return (struct text_list *)((char *)rules + chain->offset);
}

/* ---- composing ---- */

struct composing {
	struct arena *arena;
	struct text_list *list;
};

static void line(struct composing *composing, const char *text)
{
	nft_line_add(composing->arena, composing->list, text);
}

static void lines(struct composing *composing, const struct text_list *part)
{
	EACH(text, part)
		line(composing, *text);
}

static const char *ports(struct arena *arena, const struct listen *listen)
{
	const char *protocol = listen->udp ? "udp" : "tcp";

	if (listen->first == listen->last)
		return arena_printf(arena, "%s dport %u", protocol, listen->first);
	return arena_printf(arena, "%s dport %u-%u", protocol, listen->first, listen->last);
}

static const char *family_word(int family)
{
	return family == AF_INET6 ? "ip6" : "ip";
}

/* `from` NULL: from everywhere. */
static void compose_allow(struct composing *composing, const char *name,
			  const struct listen *listen, const struct prefix *from)
{
	struct text text = text_of(composing->arena);

	if (from)
		text_addf(&text, "%s saddr %s ", family_word(from->address.family),
			  nft_prefix(composing->arena, from));
	if (listen->address.family)
		text_addf(&text, "%s daddr %s ", family_word(listen->address.family),
			  address_text(composing->arena, &listen->address));
	text_addf(&text, "%s accept comment \"input.allow.%s\"", ports(composing->arena, listen),
		  name);
	line(composing, text.at);
}

static void compose_allows(struct composing *composing, const struct map *allows)
{
	for (size_t i = 0; i < allows->count; i++) {
		const struct allow *allow = allows->at[i].value;
		if (!allow->from.count)
			compose_allow(composing, allows->at[i].name, &allow->listen, NULL);
		EACH(from, &allow->from)
			compose_allow(composing, allows->at[i].name, &allow->listen, from);
	}
}

/* IPv6 without neighbour discovery, and any address without path MTU, is broken. */
static void compose_input(struct composing *composing, const struct firewall *firewall)
{
	const struct parts *parts = &firewall->parts;
	bool closed = string_equal(firewall->input.policy, "drop");

	line(composing, arena_printf(composing->arena, chains[0].hook, firewall->input.policy));
	if (!closed && !parts->services.count && !parts->walls.count &&
	    !firewall->input.allow.count)
		return;
	line(composing, "iifname \"lo\" accept");
	line(composing, "ct state established,related accept");
	line(composing, "meta l4proto { icmp, ipv6-icmp } accept");
	if (closed) {
		line(composing, "udp sport 67 udp dport 68 accept comment \"DHCP of the host\"");
		line(composing,
		     "ip6 saddr fe80::/10 udp dport 546 accept comment \"DHCP of the host\"");
	}
	lines(composing, &parts->services);
	compose_allows(composing, &firewall->input.allow);
	lines(composing, &parts->hosts);
	lines(composing, &parts->walls);
}

static void compose(struct arena *arena, const struct firewall *firewall, struct rules *rules)
{
	const struct parts *parts = &firewall->parts;
	struct composing input = { arena, &rules->input }, forward = { arena, &rules->forward };
	struct composing prerouting = { arena, &rules->prerouting };
	struct composing output = { arena, &rules->output };
	struct composing postrouting = { arena, &rules->postrouting };

	compose_input(&input, firewall);
	line(&forward, chains[1].hook);
	lines(&forward, &parts->replies);
	lines(&forward, &parts->forward);
	lines(&forward, &parts->closed);
	lines(&forward, &parts->forwarded);
	lines(&forward, &parts->forward_walls);
	line(&prerouting, chains[2].hook);
	lines(&prerouting, &parts->prerouting);
	line(&output, chains[3].hook);
	lines(&output, &parts->output);
	line(&postrouting, chains[4].hook);
	lines(&postrouting, &parts->postrouting);
}

static void rules_give(struct rules *rules)
{
	for (size_t i = 0; i < COUNT_OF(chains); i++)
		record_give(&rules_record, rules, chains[i].offset, true);
}

static void firewall_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	struct firewall *firewall = item->value;

	(void)faults;
	compose(desired->arena, firewall, &firewall->rules);
	rules_give(&firewall->rules);
	SET(&firewall_record, firewall, extra, (struct text_list){});
	SET(&firewall_record, firewall, other, (struct text_list){});
	SET(&firewall_record, firewall, at_boot, true);
}

static void firewall_check(const struct item *item, const struct desired *desired,
			   struct faults *faults)
{
	const struct firewall *firewall = item->value;
	const struct map *allows = &firewall->input.allow;

	(void)desired;
	for (size_t i = 0; i < allows->count; i++) {
		const struct allow *allow = allows->at[i].value;
		int family = allow->listen.address.family;
		EACH(from, &allow->from)
			if (family && family != from->address.family)
				fault_at(faults,
					 item_mark(item, arena_printf(faults->arena,
								      "input.allow.%s.from",
								      allows->at[i].name)),
					 "%s cannot come to %s", prefix_text(faults->arena, from),
					 address_text(faults->arena, &allow->listen.address));
	}
}

/* ---- the file ---- */

static void add_table(struct text *text, const struct rules *rules)
{
	text_add(text, "table inet gasthof {\n");
	for (size_t i = 0; i < COUNT_OF(chains); i++) {
		text_addf(text, "\tchain %s {\n", chains[i].name);
		EACH(each, chain_lines((struct rules *)rules, &chains[i]))
			text_addf(text, "\t\t%s\n", *each);
		text_add(text, "\t}\n");
	}
	text_add(text, "}\n");
}

static const char *file_text(struct arena *arena, const struct rules *rules)
{
	struct text text = text_of(arena);

	ours_header(&text, "firewall");
	text_add(&text, "table inet gasthof\ndelete table inet gasthof\n");
	add_table(&text, rules);
	return text.at;
}

static void file_read(struct arena *arena, const char *text, struct firewall *firewall)
{
	struct text_list *into = NULL;

	firewall->text = text;
	LINES_EACH(each, arena, text)
	{
		for (size_t i = 0; i < COUNT_OF(chains); i++)
			if (strcmp(each, arena_printf(arena, "\tchain %s {", chains[i].name)) == 0)
				into = chain_lines(&firewall->rules, &chains[i]);
		if (into && string_starts(each, "\t\t"))
			nft_line_add(arena, into, each + 2);
		if (strcmp(each, "\t}") == 0)
			into = NULL;
	}
	rules_give(&firewall->rules);
	SET(&firewall_record, firewall, other,
	    file_apart(arena, text, file_text(arena, &firewall->rules)));
}

/* ---- observing ---- */

static int observe_configured(struct host *host, struct items *configured, struct faults *faults)
{
	const char *text = NULL;
	size_t size = 0;
	struct host_unit unit = {};
	int there = host_read(host, FIREWALL_FILE, &text, &size, faults);

	if (there <= 0)
		return there;
	if (host_unit(host, FIREWALL_UNIT, &unit, faults) < 0)
		return -1;
	struct item *item = items_add(configured, &firewall_kind, "");
	struct firewall *firewall = item->value;
	item->ours = true;
	file_read(configured->arena, text, firewall);
	SET(&firewall_record, firewall, at_boot, string_equal(unit.enabled, "enabled"));
	return 0;
}

static bool is_our_chain(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(chains); i++)
		if (strcmp(chains[i].name, name) == 0)
			return true;
	return false;
}

/* `expected`: our file is there, so that a table that is not there is an empty one. */
static int observe_running(struct host *host, bool expected, struct items *running,
			   struct faults *faults)
{
	struct arena *arena = running->arena;
	struct nft_table table = {};
	const char *json = NULL;
	int there = host_rules(host, "inet", "gasthof", &json, faults);

	if (there < 0 || (!there && !expected))
		return there;
	if (there && nft_table_read(arena, json, &table, faults) < 0)
		return -1;
	struct item *item = items_add(running, &firewall_kind, "");
	struct firewall *firewall = item->value;
	item->ours = true;
	for (size_t i = 0; i < COUNT_OF(chains); i++)
		*chain_lines(&firewall->rules, &chains[i]) =
			nft_chain_lines(&table, chains[i].name);
	EACH(chain, &table.chains)
		if (!is_our_chain(chain->name))
			nft_line_add(arena, &table.extra,
				     arena_printf(arena, "chain %s", chain->name));
	rules_give(&firewall->rules);
	SET(&firewall_record, firewall, extra, table.extra);
	firewall->absent = !there;
	return 0;
}

static int firewall_observe(struct host *host, struct items *configured, struct items *running,
			    struct faults *faults)
{
	if (observe_configured(host, configured, faults) < 0)
		return -1;
	return observe_running(host, configured->list.count > 0, running, faults);
}

/* ---- planning ---- */

static void plan_table(struct steps *steps, const struct rules *rules)
{
	struct text text = text_of(steps->arena);

	add_table(&text, rules);
	step_body(steps, step_add(steps, VERB_rules_replace, CLASS_LIVE, "inet", "gasthof"),
		  text.at, text.size);
}

static int plan_removal(const struct change *change, struct steps *steps)
{
	const struct firewall *have = change->running ? change->running->value : NULL;

	if (have && !have->absent)
		step_add(steps, VERB_rules_remove, CLASS_LIVE, "inet", "gasthof");
	if (change->configured) {
		const struct firewall *file = change->configured->value;
		if (file->at_boot)
			step_add(steps, VERB_unit_disable, CLASS_NONE, FIREWALL_UNIT);
		plan_file(steps, FIREWALL_FILE, NULL, file->text);
	}
	return 0;
}

static bool rules_equal(const struct rules *a, const struct rules *b)
{
	return record_equal(&rules_record, a, b);
}

static int firewall_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	const struct firewall *want = change->want ? change->want->value : NULL;
	const struct firewall *file = change->configured ? change->configured->value : NULL;
	const struct firewall *have = change->running ? change->running->value : NULL;

	(void)faults;
	if (!want)
		return plan_removal(change, steps);
	plan_file(steps, FIREWALL_FILE, file_text(steps->arena, &want->rules),
		  file ? file->text : NULL);
	if (!have || have->extra.count || !rules_equal(&want->rules, &have->rules))
		plan_table(steps, &want->rules);
	if (!file || !file->at_boot)
		step_add(steps, VERB_unit_enable, CLASS_NONE, FIREWALL_UNIT);
	return 0;
}

static int firewall_render(const struct item *item, const struct view *view, struct text *text,
			   struct faults *faults)
{
	const struct firewall *firewall = item->value;

	(void)view, (void)faults;
	add_table(text, &firewall->rules);
	return 0;
}

const struct kind firewall_kind = {
	.path = "firewall",
	.summary = "what may come into the host and through it: the nftables table inet gasthof",
	.shape = SHAPE_SINGLE,
	.adopt = ADOPT_QUIETLY,
	.record = &firewall_record,
	.needs = (const char *const[]){ "links", NULL },
	.complete = firewall_complete,
	.check = firewall_check,
	.observe = firewall_observe,
	.same = same_name,
	.plan = firewall_plan,
	.render = firewall_render,
};
