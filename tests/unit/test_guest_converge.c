/* kind guests: a guest that was described otherwise before is, in the end, as one that was
 * described so from its first day.  What tests/host/converge.py found on a real libvirt. */
#include "kinds_help.h"

/* What libvirt makes of a definition, of which only this counts here. */
static void libvirt_changes(struct lab *lab, const char *from, const char *to)
{
	struct text text = text_of(lab->arena);
	const char *xml = lab_get(lab, "libvirt/domains/a.xml"), *at = strstr(xml, from);

	assert_non_null(at);
	text_addf(&text, "%.*s%s%s", (int)(at - xml), xml, to, at + strlen(from));
	lab_put(lab, "libvirt/domains/a.xml", text.at);
}

static void described(struct lab *lab, const char *body)
{
	assert_string_equal(lab_describe(lab, arena_printf(lab->arena,
							   "guests: {a: {virtualization: emulated, "
							   "state: stopped, memory: 64MiB%s}}\n",
							   body)),
			    "");
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

static const char *definition(struct lab *lab)
{
	return lab_get(lab, "libvirt/domains/a.xml");
}

/* Where libvirt plugged it in is not what it is. */
static void a_device_that_goes_leaves_no_husk(void **state)
{
	struct lab *lab = *state;

	described(lab, ", pstore: {backend: acpi-erst, size: 8KiB}");
	libvirt_changes(lab, "</pstore>", "<address type='pci' slot='0x01'/></pstore>");
	described(lab, "");
	assert_null(strstr(definition(lab), "pstore"));
}

#define LAB_TEST(test) cmocka_unit_test_setup_teardown(test, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(a_device_that_goes_leaves_no_husk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
