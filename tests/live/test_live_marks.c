/* What makes an object ours.  With an argument, in that libvirt ("qemu:///system" in the
 * container); else in libvirt's own test driver. */
#include "live_help.h"

static const char *uri = "test:///default";

#define UUID "11111111-2222-3333-4444-555555555556"

static int setup(void **state)
{
	return live_virt_setup(state, uri);
}

static void a_file_is_marked(void **state)
{
	struct live_test *test = *state;
	const char *path = live_path(test, "disk.img"), *mark = NULL;
	struct step step = live_step(VERB_file_mark, NULL, path, "volumes.data");

	assert_non_null(strstr(live_try(test, &step), "there is no"));
	live_put(path, "some", 4);
	live_law(test, &step);
	assert_int_equal(host_xattr(test->host, path, "user.gasthof", &mark, &test->faults), 0);
	assert_int_equal(live_do(test, &step), RESULT_DONE);
	assert_int_equal(host_xattr(test->host, path, "user.gasthof", &mark, &test->faults), 1);
	assert_string_equal(mark, "volumes.data");
	assert_string_equal(live_get(test, path, &(size_t){ 0 }), "some");
	const char *folder = live_path(test, "folder");
	struct step make = live_step(VERB_directory_make, NULL, folder, "0755", NULL);
	struct step wrong = live_step(VERB_file_mark, NULL, folder, "volumes.data");
	assert_int_equal(live_do(test, &make), RESULT_DONE);
	assert_non_null(strstr(live_try(test, &wrong), "is no file"));
}

static virDomainPtr define(struct live_test *test)
{
	bool real = string_starts(uri, "qemu");
	const char *xml = arena_printf(
		test->arena,
		"<domain type='%s'><name>live-mark</name><uuid>" UUID "</uuid><metadata>"
		"<o:other xmlns:o='urn:other'>theirs</o:other></metadata>"
		"<memory unit='MiB'>64</memory><vcpu>1</vcpu><os><type arch='%s'%s>hvm</type></os>"
		"<on_poweroff>destroy</on_poweroff></domain>",
		real ? "qemu" : "test", real ? "x86_64" : "i686", real ? " machine='q35'" : "");
	virDomainPtr domain = virDomainDefineXML(live_of(test->host)->virt.connection, xml);

	assert_non_null(domain);
	return domain;
}

static const char *xml_of(struct live_test *test, virDomainPtr domain, unsigned flags)
{
	VIRT_STRING char *xml = virDomainGetXMLDesc(domain, flags);

	assert_non_null(xml);
	return arena_strdup(test->arena, xml);
}

/* Of text without what stands between `from` and `to`. */
static const char *cut(struct live_test *test, const char *text, const char *from, const char *to)
{
	const char *start = strstr(text, from), *end = start ? strstr(start, to) : NULL;

	assert_non_null(end);
	return arena_printf(test->arena, "%.*s%s", (int)(start - text), text, end + strlen(to));
}

static void a_domain_changes_in_nothing_but_our_mark(void **state)
{
	struct live_test *test = *state;
	VIRT_DOMAIN virDomainPtr domain = define(test);
	const char *before = xml_of(test, domain, VIR_DOMAIN_XML_INACTIVE);
	struct step mark =
		live_step(VERB_domain_mark,
			  "<item name=\"web\" uuid=\"" UUID "\" cpu=\"host\">&lt;a/&gt;\n</item>\n",
			  "live-mark");
	struct step other =
		live_step(VERB_domain_mark, "<item name='b' uuid='" UUID "'/>", "live-mark");

	live_law(test, &mark);
	assert_string_equal(xml_of(test, domain, VIR_DOMAIN_XML_INACTIVE), before);
	assert_int_equal(live_do(test, &mark), RESULT_DONE);
	const char *after = xml_of(test, domain, VIR_DOMAIN_XML_INACTIVE);
	assert_string_equal(cut(test, after, "    <gasthof:item xmlns:gasthof=\"urn:gasthof:1\"",
				"</gasthof:item>\n"),
			    before);
	live_law(test, &other);
	assert_string_equal(xml_of(test, domain, VIR_DOMAIN_XML_INACTIVE), after);
	assert_int_equal(virDomainUndefine(domain), 0);
	assert_non_null(strstr(live_try(test, &mark), "there is no domain"));
}

/* What runs goes on running, and carries the mark as what is configured does. */
static void a_running_domain_is_marked_in_both_states(void **state)
{
	struct live_test *test = *state;
	VIRT_DOMAIN virDomainPtr domain = define(test);
	struct step mark =
		live_step(VERB_domain_mark, "<item name='web' uuid='" UUID "'/>", "live-mark");

	assert_int_equal(virDomainCreate(domain), 0);
	unsigned id = virDomainGetID(domain);
	live_law(test, &mark);
	assert_null(strstr(xml_of(test, domain, 0), "gasthof"));
	assert_int_equal(live_do(test, &mark), RESULT_DONE);
	assert_int_equal(virDomainGetID(domain), id);
	assert_non_null(strstr(xml_of(test, domain, 0), "urn:gasthof:1"));
	assert_non_null(strstr(xml_of(test, domain, VIR_DOMAIN_XML_INACTIVE), "urn:gasthof:1"));
	assert_int_equal(virDomainDestroy(domain), 0);
	assert_int_equal(virDomainUndefine(domain), 0);
}

int main(int argc, char **argv)
{
#define VIRT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, live_teardown)
	const struct CMUnitTest tests[] = {
		LIVE_TEST(a_file_is_marked),
		VIRT_TEST(a_domain_changes_in_nothing_but_our_mark),
		VIRT_TEST(a_running_domain_is_marked_in_both_states),
	};

	if (argc > 1)
		uri = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
