/* What can be set of a domain by itself: configured, and of a guest that runs.  With an argument,
 * that libvirt ("qemu:///system" in the container); else libvirt's own test driver. */
#include "live_help.h"

static const char *uri = "test:///default";

static int setup(void **state)
{
	return live_virt_setup(state, uri);
}
#define VIRT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, live_teardown)

static bool real(void)
{
	return string_starts(uri, "qemu");
}

static const struct host_domain *domain_of(struct live_test *test)
{
	struct host_domains domains = {};

	host_forget(test->host);
	assert_int_equal(host_domains(test->host, &domains, &test->faults), 1);
	for (size_t i = 0; i < domains.list.count; i++)
		if (string_equal(domains.list.at[i].name, "live-set"))
			return &domains.list.at[i];
	return NULL;
}

static void define(struct live_test *test)
{
	const char *xml = arena_printf(test->arena,
				       "<domain type='%s'><name>live-set</name>"
				       "<uuid>11111111-2222-3333-4444-666666666666</uuid>"
				       "<memory unit='MiB'>64</memory><vcpu current='1'>2</vcpu>"
				       "<iothreads>1</iothreads>"
				       "<os><type arch='%s'%s>hvm</type></os>%s"
				       "<devices><memballoon model='%s'/></devices></domain>",
				       real() ? "qemu" : "test", real() ? "x86_64" : "i686",
				       real() ? " machine='q35'" : "",
				       real() ? "<features><acpi/></features>" : "",
				       real() ? "virtio" : "none");
	struct step step = live_step(VERB_domain_define, xml, "live-set");

	assert_int_equal(live_do(test, &step), RESULT_DONE);
}

static void no_domain(struct live_test *test)
{
	struct step stop = live_step(VERB_domain_stop, NULL, "live-set", "destroy", "0");
	struct step undefine = live_step(VERB_domain_undefine, NULL, "live-set", NULL);

	live_do(test, &stop);
	live_do(test, &undefine);
	assert_null(domain_of(test));
}

/* What the test driver has too; what needs a controller; what the row after it needs; what the
 * guest has to do. */
enum { ANYWHERE = 1, CGROUP = 2, KEPT = 4, ASKED = 8 };

static const struct {
	const char *what, *value;
	unsigned flags;
	const char *seen; /* in the definition afterwards */
} settings[] = {
	{ "vcpus", "2", ANYWHERE | ASKED, ">2</vcpu>" },
	{ "memory", "33554432", ANYWHERE | ASKED, ">32768</currentMemory>" },
	{ "cpu_shares", "512", CGROUP, "<shares>512<" },
	{ "cpu_period", "50000", CGROUP, "<period>50000<" },
	{ "cpu_quota", "25000", CGROUP, "<quota>25000<" },
	{ "cpu_global_period", "60000", CGROUP, "<global_period>60000<" },
	{ "cpu_global_quota", "30000", CGROUP, "<global_quota>30000<" },
	{ "cpu_emulator_period", "70000", CGROUP, "<emulator_period>70000<" },
	{ "cpu_emulator_quota", "35000", CGROUP, "<emulator_quota>35000<" },
	{ "cpu_iothread_period", "80000", CGROUP, "<iothread_period>80000<" },
	{ "cpu_iothread_quota", "40000", CGROUP, "<iothread_quota>40000<" },
	{ "vcpu_pin.0", "0", 0, "<vcpupin vcpu='0' cpuset='0'/>" },
	{ "emulator_pin", "0", 0, "<emulatorpin cpuset='0'/>" },
	{ "iothread_pin.1", "0", 0, "<iothreadpin iothread='1' cpuset='0'/>" },
	{ "iothread.2", "true", 0, "<iothreads>2<" },
	{ "iothread.1", "false", 0, NULL },
	{ "memory_limit", "1073741824", CGROUP | KEPT, "<hard_limit unit='KiB'>1048576<" },
	{ "memory_soft_limit", "536870912", CGROUP, "<soft_limit unit='KiB'>524288<" },
	{ "memory_swap_limit", "2147483648", CGROUP, "<swap_hard_limit unit='KiB'>2097152<" },
	{ "io_weight", "300", CGROUP, "<weight>300<" },
	{ "device_read./dev/sda", "1048576", CGROUP, "<read_bytes_sec>1048576<" },
	{ "device_write_iops./dev/sda", "100", CGROUP, "<write_iops_sec>100<" },
	{ "on_poweroff", "restart", 0, "<on_poweroff>restart<" },
	{ "on_reboot", "destroy", 0, "<on_reboot>destroy<" },
	{ "on_crash", "preserve", 0, "<on_crash>preserve<" },
	{ "title", "a title", ANYWHERE, "<title>a title<" },
	{ "description", "two\nlines", ANYWHERE, "<description>two\nlines<" },
};

/* All CPUs of a machine that has one are the first. */
static bool pins_nothing(struct live_test *test, const char *what)
{
	bool pin = strstr(what, "_pin") != NULL;

	return pin && virNodeGetCPUMap(((struct write *)test->performer)->virt.connection, NULL,
				       NULL, 0) < 2;
}

static void what_is_configured_is_set_and_taken_back(void **state)
{
	struct live_test *test = *state;

	define(test);
	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		struct step step = live_step(VERB_domain_set, NULL, "live-set", settings[i].what,
					     settings[i].value, "config");
		if ((!real() && !(settings[i].flags & ANYWHERE)) ||
		    pins_nothing(test, settings[i].what))
			continue;
		print_message("%s\n", settings[i].what);
		live_law(test, &step);
		struct step back = live_inverse(test, &step);
		assert_int_equal(live_do(test, &step), RESULT_DONE);
		if (settings[i].seen)
			assert_non_null(strstr(domain_of(test)->inactive_xml, settings[i].seen));
		if (!(settings[i].flags & KEPT))
			assert_int_equal(live_do(test, &back), RESULT_DONE);
	}
	no_domain(test);
}

static void what_is_no_setting_is_a_fault(void **state)
{
	struct live_test *test = *state;
	struct step step = live_step(VERB_domain_set, NULL, "live-set", "colour", "red", "config");

	define(test);
	assert_non_null(strstr(live_try(test, &step), "cannot be set"));
	step.argument[1] = "vcpu";
	assert_non_null(strstr(live_try(test, &step), "cannot be set"));
	step.argument[1] = "vcpus";
	step.argument[3] = "somewhere";
	assert_non_null(strstr(live_try(test, &step), "none of live, config, both"));
	no_domain(test);
}

/* What is off has no running half, and is configured all the same. */
static void a_guest_that_is_off_is_configured_alone(void **state)
{
	struct live_test *test = *state;
	struct step step = live_step(VERB_domain_set, NULL, "live-set", "title", "off", "both");

	define(test);
	assert_string_equal(live_inverse(test, &step).argument[3], "config");
	assert_int_equal(live_do(test, &step), RESULT_DONE);
	assert_non_null(strstr(domain_of(test)->inactive_xml, "<title>off</title>"));
	step.argument[3] = "live";
	assert_int_equal(live_do(test, &step), RESULT_SAME);
	no_domain(test);
}

/* No operating system answers in it, and a container may have no controller of cgroups: what
 * the guest has to do, or the machine cannot, is no failure and waits. */
static void a_running_guest_is_set_while_it_runs(void **state)
{
	struct live_test *test = *state;
	struct step start = live_step(VERB_domain_start, NULL, "live-set");

	if (!real()) {
		print_message("skipped: the test driver sets little of what runs\n");
		skip();
	}
	define(test);
	assert_int_equal(live_do(test, &start), RESULT_DONE);
	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		struct step step = live_step(VERB_domain_set, NULL, "live-set", settings[i].what,
					     settings[i].value, "live");
		bool asks = settings[i].flags & (CGROUP | ASKED);
		if (asks || pins_nothing(test, settings[i].what))
			continue;
		print_message("%s\n", settings[i].what);
		live_law(test, &step);
		struct step back = live_inverse(test, &step);
		assert_int_equal(live_do(test, &step), RESULT_DONE);
		if (settings[i].seen)
			assert_non_null(strstr(domain_of(test)->live_xml, settings[i].seen));
		assert_int_equal(live_do(test, &back), RESULT_DONE);
	}
	no_domain(test);
}

static void a_guest_that_does_not_answer_is_asked_once(void **state)
{
	struct live_test *test = *state;
	struct step start = live_step(VERB_domain_start, NULL, "live-set");
	struct step more = live_step(VERB_domain_set, NULL, "live-set", "vcpus", "2", "live");
	struct step less = live_step(VERB_domain_set, NULL, "live-set", "vcpus", "1", "live");
	struct step memory =
		live_step(VERB_domain_set, NULL, "live-set", "memory", "33554432", "live");

	if (!real()) {
		print_message("skipped: the test driver's guests answer at once\n");
		skip();
	}
	define(test);
	assert_int_equal(live_do(test, &start), RESULT_DONE);
	assert_int_equal(live_do(test, &more), RESULT_DONE);
	assert_string_equal(live_inverse(test, &less).argument[2], "2");
	assert_int_equal(live_do(test, &less), RESULT_LATER);
	assert_int_equal(live_do(test, &memory), RESULT_LATER);
	assert_non_null(strstr(domain_of(test)->live_xml, "<vcpu placement='static'>2</vcpu>"));
	no_domain(test);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		VIRT_TEST(what_is_configured_is_set_and_taken_back),
		VIRT_TEST(what_is_no_setting_is_a_fault),
		VIRT_TEST(a_guest_that_is_off_is_configured_alone),
		VIRT_TEST(a_running_guest_is_set_while_it_runs),
		VIRT_TEST(a_guest_that_does_not_answer_is_asked_once),
	};

	if (argc > 1)
		uri = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
