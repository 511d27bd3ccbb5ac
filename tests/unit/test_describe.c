/* What is there as a description: described so, nothing is left to do but to take it over. */
#include "kinds_help.h"

#define UUID(n) "c7a5fdbd-edaf-9455-926a-d65c16db180" n

#define DOMAIN(name, uuid, rest)                                                    \
	"<domain type='qemu'><name>" name "</name><uuid>" uuid "</uuid>"            \
	"<memory unit='KiB'>262144</memory><currentMemory unit='KiB'>262144"        \
	"</currentMemory><vcpu placement='static'>1</vcpu><os><type arch='x86_64' " \
	"machine='pc-q35-10.0'>hvm</type></os><on_poweroff>destroy</on_poweroff>" rest "</domain>"
#define DEVICES                                                                         \
	"<devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"   \
	"<source file='/srv/a.qcow2'/><target dev='vda' bus='virtio'/></disk>"          \
	"<interface type='network'><mac address='52:54:00:00:00:01'/>"                  \
	"<source network='old'/><model type='virtio'/></interface>"                     \
	"<graphics type='vnc' port='-1' autoport='yes' passwd='*****'/><gadget n='1'/>" \
	"</devices>"
#define NETWORK(name, uuid)                                                              \
	"<network><name>" name "</name><uuid>" uuid "</uuid><forward mode='nat'/>"       \
	"<bridge name='virbr7' stp='on' delay='0'/><ip address='10.7.0.1' prefix='24'/>" \
	"<novelty/></network>"
#define POOL                                                              \
	"<pool type='dir'><name>files</name><uuid>" UUID(                 \
		"7") "</uuid>"                                            \
		     "<capacity unit='bytes'>100</capacity><allocation "  \
		     "unit='bytes'>10</allocation>"                       \
		     "<available unit='bytes'>90</available><source>\n  " \
		     "</source><target><path>/srv"                        \
		     "</path></target></pool>"

/* A host that somebody has lived in. */
static void lived_in(struct lab *lab)
{
	lab_put(lab, "fs/etc/hostname", "hand-01\n");
	lab_put(lab, "fs/proc/sys/kernel/hostname", "hand-01\n");
	lab_put(lab, "libvirt/domains/Web 1.xml", DOMAIN("Web 1", UUID("1"), DEVICES));
	lab_put(lab, "libvirt/domains/web-1.xml", DOMAIN("web-1", UUID("2"), ""));
	lab_put(lab, "libvirt/domains.json",
		"{\"Web 1\": {\"uuid\": \"" UUID(
			"1") "\", \"state\": \"shutoff\", "
			     "\"autostart\": true}, \"web-1\": {\"uuid\": \"" UUID(
				     "2") "\", "
					  "\"state\": \"shutoff\"}}");
	lab_put(lab, "libvirt/networks/old.xml", NETWORK("old", UUID("3")));
	lab_put(lab, "libvirt/networks/off.xml", NETWORK("off", UUID("4")));
	lab_put(lab, "libvirt/networks.json",
		"{\"old\": {\"uuid\": \"" UUID(
			"3") "\", \"active\": true, \"persistent\": true, "
			     "\"autostart\": true}, \"off\": {\"uuid\": \"" UUID(
				     "4") "\", \"active\": false, "
					  "\"persistent\": true, \"autostart\": false}}");
	lab_put(lab, "libvirt/pools/files.xml", POOL);
	lab_put(lab, "libvirt/pools.json",
		"{\"files\": {\"uuid\": \"" UUID(
			"7") "\", \"active\": false, "
			     "\"persistent\": true, \"autostart\": true}}");
}

static struct described described;

/* The machine as a description, ready to be read; "FAULTS" before what could not be told. */
static const char *export(struct lab *lab)
{
	struct host *host = host_open_captured(lab->arena, lab->folder, &lab->faults);
	struct seen seen = {};
	struct text text = text_of(lab->arena);

	assert_non_null(host);
	seen_observe_all(&seen, lab->arena, host, kinds, &lab->ledger, &lab->faults);
	if (plan_describe(&described, lab->arena, kinds, &seen, &lab->ledger, &lab->faults) < 0)
		return arena_printf(lab->arena, "FAULTS %s", lab_faults(lab));
	node_write_yaml(&text, desired_print(lab->arena, &described.desired, PRINT_SECRETS));
	assert_true(string_starts(text.at, "gasthof: 1\n"));
	return text.at + strlen("gasthof: 1\n");
}

static const char *notes(struct lab *lab)
{
	struct text text = text_of(lab->arena);

	EACH(note, &described.notes)
		text_addf(&text, "%s\n", *note);
	return text.at;
}

static void assert_holds(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in\n%s", part, text);
}

static void nothing_is_left_but_to_take_it_over(void **state)
{
	struct lab *lab = *state;

	lived_in(lab);
	const char *yaml = export(lab);
	assert_string_equal(lab_describe(lab, yaml), "");
	lab_plan(lab);
	EACH(item, &lab->plan.items) {
		assert_int_equal((*item)->differs.count, 0);
		assert_int_equal((*item)->steps.list.count, 0);
	}
	assert_int_equal(lab->plan.blocked, 5);
	assert_string_equal(lab_adopt(lab), "");
	assert_string_equal(lab_plan(lab), "");
	assert_int_equal(lab->plan.blocked, 0);
	assert_string_equal(lab_get(lab, "libvirt/pools/files.xml"), POOL);
}

static void it_says_what_a_person_would(void **state)
{
	struct lab *lab = *state;

	lived_in(lab);
	const char *yaml = export(lab);
	assert_holds(yaml, "  name: hand-01\n");
	assert_holds(yaml, "  web-1-2:\n    name: Web 1\n");
	assert_holds(yaml, "    autostart: true\n");
	assert_holds(yaml, "<gadget n=\"1\"/>");
	assert_null(strstr(yaml, "capacity"));
	assert_null(strstr(yaml, "state:"));
	/* one that is off and stays off; one that is only off just now */
	assert_holds(yaml,
		     "    off:\n      uuid: " UUID("4") "\n      autostart: false\n      forward");
	assert_holds(yaml, "    files:\n      uuid: " UUID("7") "\n      active: false\n");
}

static void a_password_stays_where_it_is(void **state)
{
	struct lab *lab = *state;

	lived_in(lab);
	assert_null(strstr(export(lab), "*****"));
	assert_string_equal(notes(lab),
			    "guests.web-1-2 has a password for its screen, which it keeps; to "
			    "describe it, put it in /etc/gasthof/secrets/web-1-2 and say password: "
			    "{file: web-1-2} below graphics\n");
}

#define SITE                                             \
	"links: {br0: {type: bridge}}\n"                 \
	"images: {deb: {url: \"file:///deb.qcow2\"}}\n"  \
	"guests:\n"                                      \
	"  web:\n"                                       \
	"    memory: 512MiB\n"                           \
	"    disks: {root: {image: deb, size: 4MiB}}\n"  \
	"    nics: {lan: {link: br0}}\n"                 \
	"    graphics: {vnc: {password: {file: vnc}}}\n" \
	"    cloud_init: {ssh_keys: [\"ssh-ed25519 AAAA ada\"]}\n"

/* And not what follows from it: the guest's volume, the pool that it lies in. */
static void what_is_ours_is_said_as_it_was_given(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, "files.json",
		"{\"/dev/kvm\": {\"kind\": \"device\", \"device\": \"10:232\"},"
		" \"/deb.qcow2\": {\"size\": 1000, \"kind\": \"regular\"}}");
	lab_put(lab, "fs/proc/meminfo", "MemTotal:        4194304 kB\nMemFree: 1 kB\n");
	assert_string_equal(lab_describe(lab, SITE), "");
	for (int round = 0; round < 3; round++) {
		lab_plan(lab);
		lab_perform(lab);
	}
	const char *yaml = export(lab);
	assert_holds(yaml, "  web:\n");
	assert_holds(yaml, "image: deb\n");
	assert_holds(yaml, "file: vnc");
	assert_null(strstr(yaml, "volumes:"));
	assert_null(strstr(yaml, "pools:"));
	assert_null(strstr(yaml, "require"));
	assert_string_equal(lab_describe(lab, yaml), "");
	lab_plan(lab);
	EACH(item, &lab->plan.items)
		if (string_starts((*item)->path, "guests") || string_starts((*item)->path, "vol"))
			assert_int_equal((*item)->action, ACTION_NONE);
}

/* Only libvirt's own network of that name, and only as the package leaves it. */
static void what_the_package_brought_is_left_out(void **state)
{
	struct lab *lab = *state;
	const char *off = "{\"default\": {\"uuid\": \"" UUID(
		"4") "\", \"active\": false, "
		     "\"persistent\": true, \"autostart\": false}}";
	const char *on = "{\"default\": {\"uuid\": \"" UUID(
		"4") "\", \"active\": false, "
		     "\"persistent\": true, \"autostart\": true}}";

	lab_put(lab, "libvirt/networks/default.xml", NETWORK("default", UUID("4")));
	lab_put(lab, "libvirt/networks.json", off);
	assert_null(strstr(export(lab), "libvirt"));
	lab_put(lab, "libvirt/networks.json", on);
	assert_holds(export(lab), "    default:\n      uuid: " UUID("4") "\n      active: false\n");
}

static void what_ends_with_itself_is_left_out(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, "libvirt/domains/gone.live.xml", DOMAIN("gone", UUID("5"), ""));
	lab_put(lab, "libvirt/domains.json",
		"{\"gone\": {\"uuid\": \"" UUID("5") "\", \"state\": \"running\"}}");
	assert_null(strstr(export(lab), "guests"));
	assert_string_equal(notes(lab), "guests.gone is left out: it is gone once it is stopped\n");
}

static void what_cannot_be_looked_at_is_not_left_out(void **state)
{
	struct lab *lab = *state;

	lived_in(lab);
	lab_put(lab, "failing", "domains\n");
	assert_holds(export(lab), "FAULTS ");
}

/* An empty drive has no format once it runs, and a function of the host no model. */
static void what_libvirt_does_not_keep_is_not_said(void **state)
{
	struct lab *lab = *state;

	lived_in(lab);
	lab_put(lab, "libvirt/domains/web-1.xml",
		DOMAIN("web-1", UUID("2"),
		       "<devices><disk type='file' device='cdrom'><driver name='qemu' type='raw'/>"
		       "<target dev='sda' bus='sata'/></disk><interface type='hostdev'>"
		       "<mac address='52:54:00:00:00:02'/><source><address type='pci' "
		       "domain='0x0' bus='0x3' slot='0x7' function='0x1'/></source>"
		       "<model type='virtio'/></interface></devices>"));
	assert_string_equal(lab_describe(lab, export(lab)), "");
	const struct item *item = desired_find(&lab->desired, "guests", "web-1");
	struct text text = text_of(lab->arena);
	node_write_yaml(&text, record_print(lab->arena, item->kind->record, item->value, true));
	assert_holds(text.at, "type: hostdev\n");
	assert_null(strstr(text.at, "format:"));
	assert_null(strstr(text.at, "model: virtio"));
}

#define SAME_DISK                                                         \
	DOMAIN("web-1", UUID("2"),                                        \
	       "<devices><disk type='file'><source file='/srv/a.qcow2'/>" \
	       "<target dev='vda' bus='virtio'/></disk></devices>")

static void what_nobody_could_describe_is_told(void **state)
{
	struct lab *lab = *state;

	lived_in(lab);
	lab_put(lab, "libvirt/domains/web-1.xml", SAME_DISK);
	lab_put(lab, "libvirt/domains/web-1.live.xml", SAME_DISK);
	lab_put(lab, "libvirt/domains/Web 1.live.xml", DOMAIN("Web 1", UUID("1"), DEVICES));
	lab_put(lab, "libvirt/domains.json",
		"{\"Web 1\": {\"uuid\": \"" UUID("1") "\", \"state\": \"running\"}, \"web-1\": "
						      "{\"uuid\": \"" UUID(
							      "2") "\", \"state\": \"running\"}}");
	assert_null(strstr(export(lab), "FAULTS"));
	assert_null(strstr(export(lab), "state:"));
	assert_holds(notes(lab), "to be put right before it can be applied: guests.web-1 has "
				 "this disk too, and both may run\n");
}

/* The one that the host starts may run. */
static void one_of_two_that_cannot_run_together_is_off(void **state)
{
	struct lab *lab = *state;

	lived_in(lab);
	lab_put(lab, "libvirt/domains/web-1.xml", SAME_DISK);
	const char *yaml = export(lab);
	assert_holds(strstr(yaml, "  web-1:\n"), "    state: stopped\n");
	assert_null(strstr(strstr(yaml, "web-1-2:"), "state: stopped"));
	assert_holds(notes(lab), "guests.web-1 is said to be off, as it is: \"Web 1\" has the same "
				 "disk, and only one of them may run\n");
	assert_string_equal(lab_describe(lab, yaml), "");
	assert_string_equal(lab_adopt(lab), "");
	assert_string_equal(lab_plan(lab), "");
	lab_put(lab, "libvirt/domains/web-1.xml",
		DOMAIN("web-1", UUID("2"),
		       "<devices><interface type='user'><mac address='52:54:00:00:00:01'/>"
		       "</interface></devices>"));
	lab->ledger.list.count = 0;
	export(lab);
	assert_holds(notes(lab), "has the same MAC, and only one");
}

/* It was made for another machine, and would keep everything else of this one from being managed.
 */
static void what_this_machine_cannot_run_is_off(void **state)
{
	struct lab *lab = *state;

	lived_in(lab);
	lab_put(lab, "fs/sys/kernel/version", ""); /* a /sys that shows no IOMMU */
	lab_put(lab, "fs/sys/firmware/acpi/tables/APIC", "");
	lab_put(lab, "libvirt/domains/web-1.xml",
		DOMAIN("web-1", UUID("2"),
		       "<devices><hostdev mode='subsystem' type='pci' managed='yes'><source>"
		       "<address domain='0x0' bus='0x3' slot='0x7' function='0x1'/></source>"
		       "</hostdev></devices>"));
	const char *yaml = export(lab);
	assert_holds(strstr(yaml, "  web-1:\n"), "    state: stopped\n");
	assert_holds(notes(lab),
		     "guests.web-1 is said to be off, as it is: this machine has no iommu "
		     "for it (gasthof check tells more)\n");
	assert_string_equal(lab_describe(lab, yaml), "");
	assert_string_equal(lab_adopt(lab), "");
	assert_string_equal(lab_plan(lab), "");
}

static void what_does_not_stay_is_not_taken_over(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, "libvirt/domains/gone.live.xml", DOMAIN("gone", UUID("5"), ""));
	lab_put(lab, "libvirt/domains.json",
		"{\"gone\": {\"uuid\": \"" UUID("5") "\", \"state\": \"running\"}}");
	assert_string_equal(
		lab_describe(lab,
			     "guests: {gone: {virtualization: emulated, uuid: " UUID("5") "}}\n"),
		"");
	assert_holds(lab_adopt(lab),
		     "the domain \"gone\" is not there to stay: libvirt forgets it");
}

/* Once, however many guests stand on it. */
static void what_guests_stand_on_is_told(void **state)
{
	struct lab *lab = *state;
	static const char nics[] =
		DOMAIN("web-1", UUID("2"),
		       "<devices><interface type='bridge'><mac "
		       "address='52:54:00:00:00:11'/><source bridge='br0'/>"
		       "</interface><interface type='bridge'><mac "
		       "address='52:54:00:00:00:12'/><source bridge='br0'/>"
		       "</interface><interface type='direct'><mac address='52:54:00:00:00:13'/>"
		       "<source dev='eth7' mode='bridge'/></interface></devices>");

	lived_in(lab);
	lab_put(lab, "libvirt/domains/web-1.xml", nics);
	const char *yaml = export(lab), *told = notes(lab);
	assert_holds(told, "guests are plugged into the host's \"br0\", which is left out: ");
	assert_holds(told, "guests are plugged into the host's \"eth7\", which is left out: ");
	assert_null(strstr(strstr(told, "\"br0\"") + 1, "\"br0\""));
	assert_holds(yaml, "bridge: br0\n");
	lab_describe(lab, "links: {br0: {type: bridge}}\n");
	items_put(&lab->ledger, (struct item *)desired_find(&lab->desired, "links", "br0"));
	export(lab);
	assert_null(strstr(notes(lab), "\"br0\""));
}

/* The mark is gone, and another has its name: that one is told. */
static void who_has_the_place_of_ours_is_told_instead(void **state)
{
	struct lab *lab = *state;

	lab_describe(lab, "guests: {web-1: {virtualization: emulated, memory: 64MiB}}\n");
	EACH(item, &lab->desired.items.list)
		items_put(&lab->ledger, *item);
	lived_in(lab);
	const char *yaml = export(lab);
	assert_holds(yaml, "    uuid: " UUID("2") "\n");
	assert_null(strstr(yaml, "64MiB"));
}

#define VOLUME(name, size, more)                                                \
	"<volume type='file'><name>" name "</name><key>/srv/" name "</key>"     \
	"<capacity unit='bytes'>" size "</capacity><allocation unit='bytes'>0"  \
	"</allocation><target><path>/srv/" name "</path><format type='qcow2'/>" \
	"<permissions><mode>0600</mode></permissions></target>" more "</volume>"

/* A pool that guests have disks in, and others have other things. */
static void with_volumes(struct lab *lab)
{
	lived_in(lab);
	lab_put(lab, "libvirt/pools.json",
		"{\"files\": {\"uuid\": \"" UUID(
			"7") "\", \"active\": true, "
			     "\"persistent\": true, \"autostart\": true}}");
	lab_put(lab, "libvirt/volumes/files/a.qcow2.xml",
		VOLUME("a.qcow2", "1073741824",
		       "<backingStore><path>/srv/base.qcow2</path><format type='qcow2'/>"
		       "</backingStore>"));
	lab_put(lab, "libvirt/volumes/files/base.qcow2.xml", VOLUME("base.qcow2", "1048576", ""));
	lab_put(lab, "libvirt/volumes/files/b.qcow2.xml", VOLUME("b.qcow2", "1048576", ""));
}

static void volumes_that_guests_write_are_described(void **state)
{
	struct lab *lab = *state;

	with_volumes(lab);
	const char *yaml = export(lab);
	assert_holds(yaml, "  volumes:\n"
			   "    files-a-qcow2:\n"
			   "      pool: files\n"
			   "      name: a.qcow2\n"
			   "      capacity: 1GiB\n"
			   "      target:\n"
			   "        format: qcow2\n"
			   "      backing:\n"
			   "        path: /srv/base.qcow2\n"
			   "        format: qcow2\n");
	assert_null(strstr(yaml, "b.qcow2\n      capacity"));
	assert_null(strstr(yaml, "name: base.qcow2"));
	assert_string_equal(lab_describe(lab, yaml), "");
	assert_string_equal(lab_adopt(lab), "");
	assert_string_equal(lab_plan(lab), "");
	assert_int_equal(lab->plan.blocked, 0);
}

static void an_encrypted_volume_is_told_of(void **state)
{
	struct lab *lab = *state;

	with_volumes(lab);
	lab_put(lab, "libvirt/volumes/files/a.qcow2.xml",
		"<volume type='file'><name>a.qcow2</name><capacity unit='bytes'>1048576</capacity>"
		"<target><path>/srv/a.qcow2</path><format type='raw'/><encryption format='luks'>"
		"<secret type='passphrase' uuid='" UUID("8") "'/></encryption></target></volume>");
	assert_null(strstr(export(lab), "capacity"));
	assert_holds(notes(lab), "the volume \"a.qcow2\" in pool \"files\" is left out");
}

int main(void)
{
#define LAB(name) cmocka_unit_test_setup_teardown(name, lab_setup, lab_teardown)
	const struct CMUnitTest tests[] = {
		LAB(nothing_is_left_but_to_take_it_over),
		LAB(it_says_what_a_person_would),
		LAB(volumes_that_guests_write_are_described),
		LAB(an_encrypted_volume_is_told_of),
		LAB(a_password_stays_where_it_is),
		LAB(what_is_ours_is_said_as_it_was_given),
		LAB(what_the_package_brought_is_left_out),
		LAB(what_ends_with_itself_is_left_out),
		LAB(what_cannot_be_looked_at_is_not_left_out),
		LAB(what_libvirt_does_not_keep_is_not_said),
		LAB(what_nobody_could_describe_is_told),
		LAB(one_of_two_that_cannot_run_together_is_off),
		LAB(what_this_machine_cannot_run_is_off),
		LAB(what_guests_stand_on_is_told),
		LAB(what_does_not_stay_is_not_taken_over),
		LAB(who_has_the_place_of_ours_is_told_instead),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
