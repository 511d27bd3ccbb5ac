/* formats/domain: record <-> XML; what libvirt adds is neither noticed nor lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "document/document.h"
#include "formats/bind.h"
#include "formats/domain.h"
#include "formats/uuid.h"

static struct guest *guest_of(struct arena *arena, const char *yaml)
{
	struct guest *guest = record_new(arena, &guest_record);
	struct sources sources;
	struct faults faults;
	struct node *root = NULL;

	sources_init(&sources, arena);
	faults_init(&faults, arena);
	assert_int_equal(document_parse(&sources, "x.yaml", yaml, strlen(yaml), &root, &faults), 0);
	record_normalise(arena, &guest_record, root);
	/* FIELD_IMPLIED rows are no keys: set what complete would. */
	int result = record_read(arena, &guest_record, root, NULL, guest, &faults);
	if (result < 0)
		print_message("%s\n", faults.first->message);
	assert_int_equal(result, 0);
	if (GIVEN(&guest_vcpus_record, &guest->vcpus, count))
		SET(&guest_vcpus_record, &guest->vcpus, most,
		    GIVEN(&guest_vcpus_record, &guest->vcpus, max) ? guest->vcpus.max
								   : guest->vcpus.count);
	if (GIVEN(&guest_memory_record, &guest->memory, size))
		SET(&guest_memory_record, &guest->memory, most,
		    GIVEN(&guest_memory_record, &guest->memory, max) ? guest->memory.max
								     : guest->memory.size);
	for (size_t i = 0; i < guest->disks.count; i++) {
		struct guest_disk *disk = guest->disks.at[i].value;
		if (GIVEN(&guest_disk_record, disk, path))
			SET(&guest_disk_record, disk, source, disk->path);
	}
	return guest;
}

static const char *xml_of(struct arena *arena, const struct domain_writing *writing)
{
	struct text text = text_of(arena);
	struct faults faults;

	faults_init(&faults, arena);
	assert_int_equal(domain_write(&text, writing, &faults), 0);
	return text.at;
}

static struct guest *read_of(struct arena *arena, const char *xml,
			     struct domain_identity *ret_identity)
{
	struct guest *guest = record_new(arena, &guest_record);
	struct faults faults;

	faults_init(&faults, arena);
	assert_int_equal(domain_read(arena, xml, guest, ret_identity, &faults), 0);
	return guest;
}

static struct paths *differs_of(struct arena *arena, const struct guest *want,
				const struct guest *have, const struct guest *last)
{
	struct paths *paths = ARENA_NEW(arena, struct paths);

	paths->arena = arena;
	record_compare(&guest_record, want, have, last, IN_CONFIGURED, paths);
	return paths;
}

static void assert_same(struct arena *arena, const struct guest *want, const struct guest *have,
			const struct guest *last)
{
	struct paths *paths = differs_of(arena, want, have, last);

	for (size_t i = 0; i < paths->count; i++)
		print_message("%s: %s -> %s\n", paths->at[i].path, paths->at[i].old,
			      paths->at[i].new);
	assert_int_equal(paths->count, 0);
}

#define ALL                                                                                    \
	"description: the <web> & \"server\"\n"                                                \
	"virtualization: emulated\n"                                                           \
	"machine: q35\n"                                                                       \
	"firmware: uefi\n"                                                                     \
	"secure_boot: true\n"                                                                  \
	"vcpus: {count: 2, max: 8}\n"                                                          \
	"memory: {size: 1536MiB, max: 2GiB}\n"                                                 \
	"cpu: {model: host, nested: true}\n"                                                   \
	"serial: {log: /var/log/web.log}\n"                                                    \
	"disks:\n"                                                                             \
	"  root: {path: /p/root.qcow2, format: qcow2, bus: virtio, cache: none, io: native,\n" \
	"         discard: unmap, detect_zeroes: unmap, serial: abc, boot_order: 1}\n"         \
	"  cd: {path: /p/a.iso, device: cdrom, format: raw, read_only: true}\n"                \
	"  sd: {path: /dev/sdq, format: raw, bus: scsi}\n"                                     \
	"nics:\n"                                                                              \
	"  lab: {network: lab, mac: \"52:54:00:00:00:01\", mtu: 1400, queues: 2,\n"            \
	"        link_state: down}\n"                                                          \
	"guest_agent: false\n"                                                                 \
	"rng: true\n"                                                                          \
	"libvirt_xml: |\n"                                                                     \
	"  <devices><sound model='ich9'/></devices>\n"                                         \
	"  <features><hyperv mode='custom'><relaxed state='on'/></hyperv></features>\n"

static void what_is_written_reads_back(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	static const char *const yaml[] = {
		"{}",
		"memory: 2GiB\nvcpus: 3",
		ALL,
		"disks: {a: {path: /a.img, format: raw}}\nvcpus: {count: 2, max: 2}",
	};

	for (size_t i = 0; i < COUNT_OF(yaml); i++) {
		struct guest *want = guest_of(arena, yaml[i]);
		struct domain_identity identity;
		const char *xml =
			xml_of(arena, &(struct domain_writing){ .guest = want, .handle = "web" });
		struct guest *have = read_of(arena, xml, &identity);
		assert_same(arena, want, have, NULL);
		assert_string_equal(identity.handle, "web");
		assert_string_equal(identity.uuid, uuid_of(arena, "gasthof/guests/web"));
		/* The law: writing onto what is as wanted changes nothing. */
		const char *again = xml_of(
			arena,
			&(struct domain_writing){ .guest = want, .handle = "web", .base = xml });
		assert_string_equal(again, xml);
	}
}

static char *file_of(struct arena *arena, const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = arena_alloc(arena, 65536);

	assert_non_null(file);
	assert_true(fread(text, 1, 65535, file) > 0);
	fclose(file);
	return text;
}

static void what_libvirt_adds_is_kept_and_ignored(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct domain_identity identity;
	struct guest *want =
		guest_of(arena, "memory: 512MiB\nvcpus: 2\nvirtualization: emulated\n"
				"firmware: bios\nrng: true\nguest_agent: true\n"
				"disks: {root: {path: /p/web-root.qcow2, format: qcow2}}\n"
				"nics: {lab: {network: lab, mac: \"52:54:00:11:22:33\"}}\n");
	const char *base = file_of(arena, "tests/data/domains/web.xml");
	struct guest *have = read_of(arena, base, &identity);
	assert_same(arena, want, have, NULL);
	assert_string_equal(identity.handle, "web");

	/* A disk more and a NIC less: nothing else moves. */
	struct guest *next =
		guest_of(arena, "memory: 512MiB\ndisks: {data: {path: /p/data.img, format: raw}, "
				"root: {path: /p/web-root.qcow2, format: qcow2}}\n");
	struct paths *differs = differs_of(arena, next, have, want);
	assert_true(paths_has(differs, "nics.lab"));
	const char *xml = xml_of(
		arena, &(struct domain_writing){
			       .guest = next, .handle = "web", .base = base, .differs = differs });
	assert_non_null(strstr(xml, "pc-q35-10.0"));
	assert_non_null(strstr(xml, "<alias name=\"ua-disk-data\"/>"));
	assert_non_null(strstr(xml, "dev=\"vdb\""));
	assert_null(strstr(xml, "ua-nic-lab"));
	assert_non_null(strstr(xml, "<address type=\"pci\" domain=\"0x0000\" bus=\"0x03\""));
	assert_non_null(strstr(xml, "<audio id=\"1\" type=\"none\"/>"));
	assert_same(arena, next, read_of(arena, xml, &identity), want);
}

/* Variables with the keys are never mixed up with those of a guest that had none. */
static void secure_boot_has_variables_of_its_own(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	static const char store[] = "<nvram>/var/lib/libvirt/qemu/nvram/web_VARS.secure.fd</nvram>";
	struct guest *open = guest_of(arena, "firmware: uefi\n");
	struct guest *safe = guest_of(arena, "firmware: uefi\nsecure_boot: true\n");
	struct guest *terse = guest_of(
		arena, "defaults: libvirt\nmachine: q35\nfirmware: uefi\nsecure_boot: true\n");
	struct domain_writing writing = { .guest = open, .handle = "web" };

	writing.base = xml_of(arena, &writing);
	assert_null(strstr(writing.base, "nvram"));
	writing.guest = safe;
	writing.base = xml_of(arena, &writing);
	assert_non_null(strstr(writing.base, store));
	assert_non_null(strstr(writing.base, "<smm state=\"on\"/>"));
	assert_non_null(strstr(
		xml_of(arena, &(struct domain_writing){ .guest = terse, .handle = "web" }), store));
	/* What libvirt chose since then stays, and goes with Secure Boot. */
	writing.guest = guest_of(arena, "firmware: uefi\nsecure_boot: false\n");
	writing.base = xml_of(arena, &writing);
	assert_null(strstr(writing.base, "nvram"));
	assert_null(strstr(writing.base, "smm"));
}

static void fields_no_longer_given_go_back(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct guest *last = guest_of(arena, ALL), *want = guest_of(arena, "memory: 1GiB");
	struct domain_identity identity;
	const char *base =
		xml_of(arena, &(struct domain_writing){ .guest = last, .handle = "web" });
	struct guest *have = read_of(arena, base, &identity);
	struct paths *differs = differs_of(arena, want, have, last);

	const char *xml = xml_of(arena, &(struct domain_writing){ .guest = want,
								  .handle = "web",
								  .base = base,
								  .old_xml = have->libvirt_xml,
								  .differs = differs });
	assert_same(arena, want, read_of(arena, xml, &identity), last);
	static const char *const gone[] = { "sound",    "hyperv",      "ua-disk-", "ua-nic-",
					    "log file", "description", "efi" };
	for (size_t i = 0; i < COUNT_OF(gone); i++)
		if (strstr(xml, gone[i]))
			fail_msg("\"%s\" is left in\n%s", gone[i], xml);
}

/* virt-clone copies metadata: the clone is not ours (ARCHITECTURE.md 4). */
static void a_clone_is_not_ours(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct domain_identity identity;

	read_of(arena,
		"<domain type='kvm'><name>clone</name><uuid>11111111-1111-1111-1111-111111111111"
		"</uuid><metadata><g:item xmlns:g='urn:gasthof:1' name='web' "
		"uuid='22222222-2222-2222-2222-222222222222'/></metadata></domain>",
		&identity);
	assert_null(identity.handle);
}

/* libvirt resolves host-model when a guest starts; the mark keeps what was asked. */
static void live_xml_remembers_host_model(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct domain_identity identity;
	struct guest *guest = read_of(
		arena,
		"<domain type='kvm'><name>web</name><metadata><g:item xmlns:g='urn:gasthof:1' "
		"name='web' cpu='host'/></metadata><cpu mode='custom' match='exact'><model>EPYC"
		"</model></cpu></domain>",
		&identity);
	assert_string_equal(guest->cpu.model, "host");
}

static void names_never_become_markup(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct domain_identity identity;
	struct guest *want = guest_of(arena, "description: \"a<b>'\\\"&amp;]]>\"");
	const char *xml = xml_of(arena, &(struct domain_writing){ .guest = want, .handle = "web" });

	assert_string_equal(read_of(arena, xml, &identity)->description, "a<b>'\"&amp;]]>");
}

static void what_is_no_domain_is_a_fault(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	static const char *const bad[] = {
		"",
		"<",
		"<domain",
		"<network><name>a</name></network>",
		"<domain/>",
		"<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><domain>&e;</domain>",
	};

	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct guest *guest = record_new(arena, &guest_record);
		struct domain_identity identity;
		struct faults faults;
		faults_init(&faults, arena);
		assert_int_equal(domain_read(arena, bad[i], guest, &identity, &faults), -1);
		assert_int_equal(faults.count, 1);
	}
}

static void devices_are_cut_out_by_their_member(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	const char *base = file_of(arena, "tests/data/domains/web.xml");
	struct text text = text_of(arena), none = text_of(arena);

	assert_string_equal(domain_member(&text, base, "nics", "lab", base), "ua-nic-lab");
	assert_true(string_starts(text.at, "<interface type=\"network\">"));
	assert_null(strstr(text.at, "<address"));
	assert_null(domain_member(&none, base, "nics", "no", NULL));
	assert_null(domain_member(&none, base, "no", "lab", NULL));
	/* one of somebody else's is found by what names it, and gets a name when it has none */
	static const char other[] =
		"<domain><devices><disk><target dev='vda'/><address type='pci'/></disk><disk>"
		"<target dev='vdb'/><alias name='virtio-disk1'/></disk></devices></domain>";
	struct text first = text_of(arena), second = text_of(arena);
	assert_string_equal(domain_member(&first, other, "disks", "vda", NULL), "ua-disk-vda");
	assert_non_null(strstr(first.at, "<alias name=\"ua-disk-vda\"/>"));
	assert_non_null(strstr(first.at, "<address"));
	assert_string_equal(domain_member(&second, other, "disks", "vdb", other), "virtio-disk1");
	/* its name is still another's there, and vda another's here */
	assert_non_null(strstr(second.at, "dev=\"vdc\""));
}

#define VNC(password)                                                               \
	"<domain type='kvm'><name>a</name><devices><graphics type='vnc' port='-1' " \
	"passwd='" password "'/><graphics type='sdl'/></devices></domain>"

static const char *unhide(struct arena *arena, const char *xml, const char *secure)
{
	struct text text = text_of(arena);
	struct faults faults;

	faults_init(&faults, arena);
	assert_int_equal(domain_unhide(&text, xml, secure, &faults), 0);
	return text.at;
}

static void hidden_passwords_stay_what_they_are(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct faults faults;

	faults_init(&faults, arena);
	const char *hidden = domain_hide(arena, VNC("geheim"), NULL, &faults);
	assert_null(strstr(hidden, "geheim"));
	assert_non_null(strstr(unhide(arena, hidden, VNC("geheim")), "passwd=\"geheim\""));
	assert_non_null(strstr(domain_hide(arena, VNC(""), NULL, &faults), "passwd=''"));

	assert_non_null(strstr(unhide(arena, VNC("*****"), VNC(" geheim")), "passwd=\" geheim\""));
	assert_non_null(strstr(unhide(arena, VNC("new"), VNC("geheim")), "passwd=\"new\""));
	assert_non_null(strstr(unhide(arena, VNC("*****"), NULL), "passwd=\"\""));
	assert_null(strstr(unhide(arena, VNC("*****"), NULL), "type=\"sdl\" passwd"));
}

static int look(void *context, const char *place, const char **ret, struct faults *faults)
{
	*ret = strcmp(place, context) == 0 ? "geheim" : NULL;
	return *ret ? 0 : fault(faults, FAULT_HOST, "it is not there");
}

/* A description says where a password is: that alone is written, until libvirt is told. */
static void passwords_are_told_by_their_place(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct guest *guest = guest_of(arena, "graphics: {vnc: {password: {file: vnc}}}\n");
	struct text told = text_of(arena);
	struct faults faults;

	faults_init(&faults, arena);
	const char *xml =
		xml_of(arena, &(struct domain_writing){ .guest = guest, .handle = "web" });
	assert_non_null(strstr(xml, "passwd=\"gasthof-secret:file:vnc\""));
	assert_int_equal(domain_reveal(&told, xml, look, (void *)"file:vnc", &faults), 0);
	assert_non_null(strstr(told.at, "passwd=\"geheim\""));
	assert_null(strstr(told.at, "gasthof-secret"));
	assert_int_equal(domain_reveal(&told, xml, look, (void *)"file:other", &faults), -1);
}

static const char *reveal(struct arena *arena, const char *xml, const char *place)
{
	struct text text = text_of(arena);
	struct faults faults;

	faults_init(&faults, arena);
	assert_int_equal(domain_reveal(&text, xml, look, (void *)place, &faults), 0);
	return text.at;
}

/* One that is in use is told by where it is from, is compared by that, and comes back from there.
 */
static void a_password_in_use_is_told_by_its_place(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct known_secret secrets[] = { { "file:a", "x" }, { "file:b", "geheim" } };
	struct known_secrets known = { .files = true, .list = { .at = secrets, .count = 2 } };
	struct guest *guest = record_new(arena, &guest_record);
	struct domain_identity identity;
	struct faults faults;

	faults_init(&faults, arena);
	const char *hidden = domain_hide(arena, VNC("geheim"), &known, &faults);
	assert_null(strstr(hidden, "geheim"));
	assert_non_null(strstr(hidden, "passwd=\"gasthof-found:file:b\""));
	assert_int_equal(domain_read(arena, hidden, guest, &identity, &faults), 0);
	const struct guest_graphics *vnc = map_get(&guest->graphics, "vnc")->value;
	assert_string_equal(vnc->password.found, "file:b");
	assert_non_null(strstr(reveal(arena, hidden, "file:b"), "passwd=\"geheim\""));
	/* no more there: what the guest has stays */
	assert_non_null(strstr(reveal(arena, hidden, "file:c"), "passwd=\"*****\""));
	hidden = domain_hide(arena, VNC(" geheim"), &known, &faults);
	assert_non_null(strstr(hidden, "passwd=\"gasthof-found:file:*****\""));
	assert_non_null(strstr(reveal(arena, hidden, "file:b"), "passwd=\"*****\""));
	/* nobody looked: it may be any; and there may be none */
	guest = record_new(arena, &guest_record);
	assert_int_equal(domain_read(arena, VNC("*****"), guest, &identity, &faults), 0);
	vnc = map_get(&guest->graphics, "vnc")->value;
	assert_string_equal(vnc->password.found, "");
	guest = record_new(arena, &guest_record);
	assert_int_equal(domain_read(arena, VNC(""), guest, &identity, &faults), 0);
	vnc = map_get(&guest->graphics, "vnc")->value;
	assert_false(GIVEN(&guest_graphics_record, vnc, password));
}

static const char *rewritten(struct arena *arena, const char *yaml, const char *devices)
{
	struct guest *guest = guest_of(arena, yaml);
	const char *base = arena_printf(
		arena, "<domain type='kvm'><name>a</name><devices>%s</devices></domain>", devices);

	return xml_of(arena,
		      &(struct domain_writing){ .guest = guest, .handle = "a", .base = base });
}

/* libvirt says none of it while the guest runs: nothing would ever be as described. */
static void an_empty_drive_has_the_format_it_was_given(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	struct domain_identity identity;
	const struct guest *guest =
		read_of(arena,
			"<domain type='qemu' id='1'><name>a</name><devices><disk type='file' "
			"device='cdrom'><driver name='qemu'/><target dev='sda' bus='sata'/>"
			"<alias name='ua-disk-cd'/></disk></devices></domain>",
			&identity);
	const struct guest_disk *disk = map_get(&guest->disks, "cd")->value;

	assert_string_equal(disk->format, "raw");
	assert_true(GIVEN(&guest_disk_record, disk, format));
}

/* What libvirt filled in for the old bus is none of the new one's. */
static void a_device_on_another_bus_has_another_address(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	static const char serial[] =
		"<serial type='pty'><target type='pci-serial' port='1'><model name='pci-serial'/>"
		"</target><alias name='ua-serial-x'/><address type='pci' slot='0x01'/></serial>";

	const char *xml = rewritten(
		arena, "serials: {x: {type: pty, target: usb-serial, port: 1}}\n", serial);
	assert_non_null(strstr(xml, "type=\"usb-serial\""));
	assert_null(strstr(xml, "pci"));
	xml = rewritten(arena, "serials: {x: {type: file, path: /x, target: pci-serial}}\n",
			serial);
	assert_non_null(strstr(xml, "slot=\"0x01\""));
	assert_non_null(strstr(xml, "<model name=\"pci-serial\"/>"));
}

/* QEMU has one answer for all watchdogs, and q35 brings one of its own. */
static void the_machine_s_own_watchdog_does_what_ours_does(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	static const char own[] = "<watchdog model='itco' action='reset'/>";

	const char *xml =
		rewritten(arena, "watchdogs: {dog: {model: i6300esb, action: none}}\n", own);
	assert_non_null(strstr(xml, "<watchdog model=\"itco\" action=\"none\"/>"));
	assert_non_null(strstr(xml, "<watchdog model=\"i6300esb\" action=\"none\">"));
	xml = rewritten(arena, "watchdogs: {dog: {model: itco, action: poweroff}}\n", own);
	const char *first = strstr(xml, "<watchdog");
	assert_non_null(strstr(first, "action=\"poweroff\""));
	assert_null(strstr(first + 1, "<watchdog"));
	assert_non_null(strstr(rewritten(arena, "vcpus: 1\n", own), "action=\"reset\""));
}

/* A password in a verbatim block is found again where it is hidden, and taken out again. */
static void a_hidden_password_is_the_one_of_the_block(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();
	const char *block = "<devices><graphics type='vnc' passwd='geheim'/></devices>";
	struct guest *guest = guest_of(arena, "vcpus: 1\nmemory: 64MiB\n");
	struct text again = text_of(arena), without = text_of(arena);
	struct faults faults;

	faults_init(&faults, arena);
	SET(&guest_record, guest, libvirt_xml, block);
	struct domain_writing writing = {
		.guest = guest, .handle = "a", .base = VNC("*****"), .old_xml = block
	};
	assert_int_equal(domain_write(&again, &writing, &faults), 0);
	const char *first = strstr(again.at, "type=\"vnc\"");
	assert_non_null(first);
	assert_null(strstr(first + 1, "type=\"vnc\""));
	record_give(&guest_record, guest, offsetof(struct guest, libvirt_xml), false);
	assert_int_equal(domain_write(&without, &writing, &faults), 0);
	assert_null(strstr(without.at, "passwd"));
}

static void identities_follow_from_names(void **state)
{
	(void)state;
	ARENA_AUTO struct arena *arena = arena_new();

	/* the well-known UUIDv5 of this DNS name */
	assert_string_equal(uuid_of(arena, "python.org"), "886313e1-3b8a-5372-9b90-0c9aee199e5d");
	struct mac a = mac_of(arena, "web", "lab"), b = mac_of(arena, "web", "lan");
	assert_memory_equal(&a, "\x52\x54\x00", 3);
	assert_memory_not_equal(&a, &b, sizeof(a));
	assert_true(uuid_is_valid("886313e1-3b8a-5372-9b90-0c9aee199e5d"));
	assert_false(uuid_is_valid("886313e1-3b8a-5372-9b90-0c9aee199e5"));
	assert_false(uuid_is_valid("886313e1x3b8a-5372-9b90-0c9aee199e5d"));
	/* as libvirt reads them (virUUIDParse) */
	assert_true(uuid_is_valid("886313E13B8A53729B900C9AEE199E5D"));
	assert_true(uuid_is_valid(" 886313e1-3b8a-5372-9b90-0c9a-ee19-9e5d\n"));
	assert_false(uuid_is_valid("886313e1-3b8a-5372-9b90-0c9aee199e5d0"));
	assert_false(uuid_is_valid("-886313e1-3b8a-5372-9b90-0c9aee199e5d"));
	assert_false(uuid_is_valid("8-86313e1-3b8a-5372-9b90-0c9aee199e5d"));
	assert_string_equal(uuid_canonical(arena, "886313E13B8A53729B900C9AEE199E5D"),
			    "886313e1-3b8a-5372-9b90-0c9aee199e5d");
	assert_string_equal(uuid_canonical(arena, "886313e1"), "886313e1");
	const char *one = "886313E13B8A53729B900C9AEE199E5D", *other = "886313e1", *none = NULL;
	const char *usual = uuid_canonical(arena, one);
	assert_true(uuid_equal(&one, &usual));
	assert_false(uuid_equal(&one, &other));
	assert_true(uuid_equal(&other, &other));
	assert_false(uuid_equal(&none, &other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(what_libvirt_adds_is_kept_and_ignored),
		cmocka_unit_test(secure_boot_has_variables_of_its_own),
		cmocka_unit_test(fields_no_longer_given_go_back),
		cmocka_unit_test(a_clone_is_not_ours),
		cmocka_unit_test(live_xml_remembers_host_model),
		cmocka_unit_test(names_never_become_markup),
		cmocka_unit_test(what_is_no_domain_is_a_fault),
		cmocka_unit_test(devices_are_cut_out_by_their_member),
		cmocka_unit_test(hidden_passwords_stay_what_they_are),
		cmocka_unit_test(passwords_are_told_by_their_place),
		cmocka_unit_test(a_password_in_use_is_told_by_its_place),
		cmocka_unit_test(a_device_on_another_bus_has_another_address),
		cmocka_unit_test(an_empty_drive_has_the_format_it_was_given),
		cmocka_unit_test(the_machine_s_own_watchdog_does_what_ours_does),
		cmocka_unit_test(a_hidden_password_is_the_one_of_the_block),
		cmocka_unit_test(identities_follow_from_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
