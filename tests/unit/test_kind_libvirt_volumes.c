/* kind libvirt.volumes: plans on captured machines, and the way back. */
#include "kinds_help.h"

#include "formats/libvirt_volume.h"

#define POOL         \
	"libvirt:\n" \
	"  pools:\n" \
	"    files: {type: dir, target: {path: /srv/files}}\n"
#define VOLUME(more)   \
	"  volumes:\n" \
	"    data: {pool: files, name: data.qcow2, capacity: " more "}\n"
#define QCOW2(size) VOLUME(size ", target: {format: qcow2}")

static void assert_holds(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("\"%s\" is not in\n%s", part, text ? text : "nothing");
}

static void settle(struct lab *lab, const char *yaml)
{
	assert_string_equal(lab_describe(lab, yaml), "");
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

static void a_volume_is_made_grows_and_is_deleted(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(lab_describe(lab, POOL QCOW2("1GiB")), "");
	assert_holds(lab_plan(lab), "  pool_start pool=\"files\"\n"
				    "libvirt.volumes.data: create\n"
				    "  pool_volume_create pool=\"files\" volume=\"data.qcow2\"\n");
	assert_holds(plan_find(&lab->plan, "libvirt.volumes.data")->steps.list.at[0].body,
		     "<format type=\"qcow2\"/>");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	lab_describe(lab, POOL QCOW2("2GiB"));
	assert_string_equal(lab_plan(lab),
			    "libvirt.volumes.data: change\n"
			    "  pool_volume_resize pool=\"files\" volume=\"data.qcow2\" "
			    "bytes=\"2147483648\" how=\"grow\"\n");
	assert_int_equal(lab->plan.class, CLASS_LIVE);
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	lab_describe(lab, POOL);
	assert_string_equal(lab_plan(lab),
			    "libvirt.volumes.data: remove\n"
			    "  pool_volume_delete pool=\"files\" volume=\"data.qcow2\"\n");
	assert_int_equal(lab->plan.class, CLASS_DESTROYS_DATA);
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

/* What cuts off or throws away content says so. */
static void what_costs_content_is_classed_so(void **state)
{
	struct lab *lab = *state;

	settle(lab, POOL QCOW2("1GiB"));
	lab_describe(lab, POOL QCOW2("512MiB"));
	assert_holds(lab_plan(lab), "bytes=\"536870912\" how=\"shrink\"");
	assert_int_equal(lab->plan.class, CLASS_DESTROYS_DATA);
	lab_describe(lab, POOL VOLUME("1GiB, target: {format: raw}"));
	assert_string_equal(lab_plan(lab),
			    "libvirt.volumes.data: change\n"
			    "  pool_volume_delete pool=\"files\" volume=\"data.qcow2\"\n"
			    "  pool_volume_create pool=\"files\" volume=\"data.qcow2\"\n");
	assert_int_equal(lab->plan.class, CLASS_DESTROYS_DATA);
	/* what is no longer said stays as it is */
	lab_describe(lab, POOL VOLUME("1GiB"));
	assert_string_equal(lab_plan(lab), "");
}

/* Sizes and times that libvirt tells of are nobody's wish. */
static void what_libvirt_tells_is_no_difference(void **state)
{
	struct lab *lab = *state;

	settle(lab, POOL VOLUME("1GiB, allocation: 0B, target: {format: qcow2, nocow: true, "
				"compat: \"1.1\"}"));
	lab_put(lab, "libvirt/volumes/files/data.qcow2.xml",
		"<volume type='file'><name>data.qcow2</name><key>/srv/files/data.qcow2</key>"
		"<capacity unit='bytes'>1073741824</capacity><allocation unit='bytes'>4096"
		"</allocation><physical unit='bytes'>196616</physical><target>"
		"<path>/srv/files/data.qcow2</path><format type='qcow2'/><permissions><mode>0600"
		"</mode></permissions><timestamps><atime>1.2</atime></timestamps></target>"
		"</volume>");
	assert_string_equal(lab_plan(lab), "");
}

static void what_is_only_said_at_first_is_refused_later(void **state)
{
	struct lab *lab = *state;

	settle(lab, POOL QCOW2("1GiB"));
	lab_describe(lab, POOL VOLUME("1GiB, allocation: 1GiB, target: {format: qcow2}"));
	assert_string_equal(lab_plan(lab),
			    "6:71: libvirt takes allocation only when it makes a volume\n");
	settle(lab, POOL VOLUME("1GiB, target: {format: qcow2}"));
	lab_describe(lab, POOL "  volumes: {data: {pool: files, name: other, capacity: 1GiB}}\n");
	assert_holds(lab_plan(lab), "it was made as \"data.qcow2\" in the pool \"files\"");
}

static void what_somebody_else_made_is_refused_and_adopted(void **state)
{
	struct lab *lab = *state;

	settle(lab, POOL);
	lab_put(lab, "libvirt/volumes/files/data.qcow2.xml",
		"<volume><name>data.qcow2</name><capacity unit='bytes'>1073741824</capacity>"
		"<target><format type='qcow2'/></target></volume>");
	lab_put(lab, "libvirt/volumes/files/theirs.xml",
		"<volume><name>theirs</name><capacity>1</capacity></volume>");
	lab_describe(lab, POOL VOLUME("2GiB, allocation: 0B, target: {format: qcow2}"));
	assert_holds(lab_plan(lab), "libvirt.volumes.data is there and was not made by gasthof");
	assert_string_equal(lab_adopt(lab), "");
	assert_string_equal(lab_plan(lab),
			    "libvirt.volumes.data: change\n"
			    "  pool_volume_resize pool=\"files\" volume=\"data.qcow2\" "
			    "bytes=\"2147483648\" how=\"grow\"\n");
}

#define GUEST(source)                                                                          \
	"<domain type='kvm'><name>old</name><uuid>7f9f8a63-5c2e-4c5c-9f1e-0a1b2c3d4e5f</uuid>" \
	"<memory>65536</memory><os><type>hvm</type></os><devices><disk " source                \
	"<target dev='vda'/></disk></devices></domain>"

/* A15: nobody's disk is taken from under them. */
static void a_guest_that_runs_with_it_is_waited_for(void **state)
{
	struct lab *lab = *state;
	static const char *const guests[] = {
		GUEST("type='volume'><source pool='files' volume='data.qcow2'/>"),
		GUEST("type='file'><source file='/srv/files/data.qcow2'/>"),
	};

	settle(lab, POOL QCOW2("1GiB"));
	lab_put(lab, "libvirt/volumes/files/data.qcow2.xml",
		"<volume><name>data.qcow2</name><capacity unit=\"bytes\">1073741824</capacity>"
		"<target><path>/srv/files/data.qcow2</path><format type='qcow2'/></target>"
		"</volume>");
	lab_describe(lab, POOL);
	for (size_t i = 0; i < COUNT_OF(guests); i++) {
		lab_put(lab, "libvirt/domains/old.xml", guests[i]);
		lab_put(lab, "libvirt/domains/old.live.xml", guests[i]);
		assert_holds(lab_plan(lab), "  wait guest-stop: guests.old runs with it\n");
		assert_null(strstr(lab_plan(lab), "pool_volume_delete"));
	}
}

static void a_volume_that_is_gone_is_not_replaced_by_the_way(void **state)
{
	struct lab *lab = *state;
	static const char words[] = "guests: {web: {memory: 64MiB, virtualization: emulated, "
				    "state: stopped}}\n";

	settle(lab, POOL QCOW2("1GiB"));
	lab_put(lab, "fs/proc/meminfo", "MemTotal:        4194304 kB\nMemFree: 1 kB\n");
	lab_put(lab, "libvirt/domains/old.xml",
		GUEST("type='file'><source file='/srv/files/data.qcow2'/>"));
	remove(lab_path(lab, "libvirt/volumes/files/data.qcow2.xml"));
	lab_describe(lab, arena_printf(lab->arena, "%s%s", POOL QCOW2("1GiB"), words));
	assert_holds(lab_plan(lab), "pool_volume_create");
	assert_int_equal(lab->plan.class, CLASS_DESTROYS_DATA);
	/* the pool is stopped: nobody knows what is in it */
	lab_member_set(lab, "libvirt/pools.json", "files", "active", "false");
	assert_holds(lab_plan(lab), "wait round: libvirt's pool \"files\" is not active");
	assert_null(strstr(lab_plan(lab), "pool_volume_create"));
}

static void what_cannot_be_is_told_at_its_place(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(
		lab_describe(lab, "libvirt: {volumes: {a: {name: x/y, capacity: 1MiB}}}\n"),
		"2:31: \"x/y\" is no name for libvirt\n");
	assert_string_equal(lab_describe(lab, "libvirt: {volumes: {a: {name: x}, b: {name: x}}}\n"),
			    "2:35: libvirt.volumes.a is this volume already\n");
	assert_holds(lab_describe(lab, "libvirt: {volumes: {a: {libvirt_xml: \"<a>\"}}}\n"),
		     "is not XML");
	lab_describe(lab, "libvirt: {volumes: {a: {pool: none, capacity: 1MiB}}}\n");
	assert_string_equal(lab_plan(lab),
			    "2:31: libvirt has no pool \"none\", and none is described\n");
	lab_describe(lab, POOL "  volumes: {a: {pool: files}}\n");
	assert_holds(lab_plan(lab), "a volume needs a capacity");
	lab_describe(lab, POOL "  volumes: {a: {pool: files, capacity: 1MiB, target: {encryption: "
			       "{format: luks}}}}\n");
	assert_holds(lab_plan(lab), "is made with one secret of libvirt's");
	lab_describe(lab, POOL "  volumes: {a: {pool: files, capacity: 1MiB, target: {format: vdi, "
			       "encryption: {format: luks}}}}\n");
	assert_holds(lab_plan(lab), "only raw and qcow2 volumes can be encrypted");
}

/* In whatever unit, with all that libvirt tells, and with what nobody knows. */
static void what_is_imported_renders_to_all_it_said(void **state)
{
	struct lab *lab = *state;
	static const char xml[] =
		"<volume type='file'><name>Data.img</name><key>/a</key><source>\n </source>"
		"<capacity unit='G'>5</capacity><allocation>4096</allocation><novelty level='1'/>"
		"<target><format type='raw'/><encryption format='luks'><secret type='passphrase' "
		"uuid='f52a81b2-424e-490c-823d-6bd4235bc572'/></encryption></target></volume>";
	static const char *const parts[] = {
		"<volume type=\"file\">",
		"<name>Data.img</name>",
		"<key>/a</key>",
		"<source/>",
		">5368709120</capacity>",
		">4096</allocation>",
		"<novelty level=\"1\"/>",
		"<encryption format=\"luks\">",
		"uuid=\"f52a81b2-424e-490c-823d-6bd4235bc572\"",
	};
	struct items items = { .arena = lab->arena };
	struct text text = text_of(lab->arena);
	const struct kind *kind = kind_find(kinds, "libvirt.volumes");

	lab_describe(lab, "");
	assert_int_equal(kind->import(&items, xml, &lab->faults), 1);
	struct item *item = items.list.at[0];
	assert_string_equal(item->name, "data-img");
	kind->complete(item, &lab->desired, &lab->faults);
	assert_int_equal(kind->render(item, NULL, &text, &lab->faults), 0);
	for (size_t i = 0; i < COUNT_OF(parts); i++)
		assert_holds(text.at, parts[i]);
	assert_int_equal(kind->import(&items, "<pool/>", &lab->faults), 0);
	assert_int_equal(kind->import(&items, "<volume/>", &lab->faults), -1);
}

/* What a description may not say is carried verbatim. */
static void what_a_description_refuses_is_imported_as_it_is(void **state)
{
	struct lab *lab = *state;
	struct items items = { .arena = lab->arena };
	const struct kind *kind = kind_find(kinds, "libvirt.volumes");

	lab_describe(lab, "");
	assert_int_equal(kind->import(&items,
				      "<volume><name>x/y</name><capacity unit='MiB'>4</capacity>"
				      "</volume>",
				      &lab->faults),
			 1);
	const struct item *item = items.list.at[0];
	const struct libvirt_volume *volume = item->value;
	assert_string_equal(item->name, "x-y");
	assert_false(GIVEN(&libvirt_volume_record, volume, name));
	assert_holds(volume->libvirt_xml, "<name>x/y</name>");
	assert_int_equal(volume->capacity.count, 4 << 20);
}

#define LAB_TEST(test) cmocka_unit_test_setup_teardown(test, lab_setup, lab_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		LAB_TEST(a_volume_is_made_grows_and_is_deleted),
		LAB_TEST(what_costs_content_is_classed_so),
		LAB_TEST(what_libvirt_tells_is_no_difference),
		LAB_TEST(what_is_only_said_at_first_is_refused_later),
		LAB_TEST(what_somebody_else_made_is_refused_and_adopted),
		LAB_TEST(a_guest_that_runs_with_it_is_waited_for),
		LAB_TEST(a_volume_that_is_gone_is_not_replaced_by_the_way),
		LAB_TEST(what_cannot_be_is_told_at_its_place),
		LAB_TEST(what_is_imported_renders_to_all_it_said),
		LAB_TEST(what_a_description_refuses_is_imported_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
