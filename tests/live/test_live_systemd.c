/* Units and networkd's links: only where systemd runs and nothing is lost, in the container. */
#include "live_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/write/exec.h"

static const char service[] = "[Service]\nExecStart=sleep infinity\n"
			      "ExecReload=true\n"
			      "[Install]\nWantedBy=multi-user.target\n";
static const char failing[] = "[Service]\nType=oneshot\nExecStart=false\n";
#define FOLDER "/etc/systemd/system/"

static void put_unit(struct live_test *test, const char *name, const char *text)
{
	struct step file = live_step(VERB_file_write, text,
				     arena_printf(test->arena, FOLDER "%s", name), "0644", NULL);
	struct step reload = live_step(VERB_units_reload, NULL);

	live_do(test, &file);
	assert_int_equal(live_do(test, &reload), RESULT_DONE);
}

static struct host_unit unit_of(struct live_test *test, const char *name)
{
	struct host_unit unit = {};

	assert_int_equal(host_unit(test->host, name, &unit, &test->faults), 1);
	return unit;
}

static void a_unit_that_is_nowhere_is_not_there(void **state)
{
	struct live_test *test = *state;
	struct host_unit unit = {};
	struct step stop = live_step(VERB_unit_stop, NULL, "live-none.service");
	struct step start = live_step(VERB_unit_start, NULL, "live-none.service");
	struct step enable = live_step(VERB_unit_enable, NULL, "live-none.service");

	assert_int_equal(host_unit(test->host, "live-none.service", &unit, &test->faults), 0);
	assert_int_equal(live_do(test, &stop), RESULT_SAME);
	assert_non_null(strstr(live_try(test, &start), "not found"));
	assert_non_null(strstr(live_try(test, &enable), "live-none.service"));
	assert_int_equal(host_unit(test->host, "no unit name", &unit, &test->faults), -1);
	faults_init(&test->faults, test->arena);
}

static void a_unit_is_started_and_stopped(void **state)
{
	struct live_test *test = *state;
	struct step start = live_step(VERB_unit_start, NULL, "live-a.service");
	struct step stop = live_step(VERB_unit_stop, NULL, "live-a.service");
	struct step restart = live_step(VERB_unit_restart, NULL, "live-a.service");
	struct step reload = live_step(VERB_unit_reload, NULL, "live-a.service");

	put_unit(test, "live-a.service", service);
	live_law(test, &start);
	assert_string_equal(unit_of(test, "live-a.service").active, "inactive");
	assert_int_equal(live_do(test, &start), RESULT_DONE);
	assert_string_equal(unit_of(test, "live-a.service").sub, "running");
	for (int i = 0; i < 8; i++) /* more often than systemd lets it be started by default */
		assert_int_equal(live_do(test, &restart), RESULT_DONE);
	assert_int_equal(live_do(test, &reload), RESULT_DONE);
	assert_string_equal(unit_of(test, "live-a.service").active, "active");
	live_law(test, &stop);
	assert_string_equal(unit_of(test, "live-a.service").active, "active");
	assert_int_equal(live_do(test, &stop), RESULT_DONE);
}

static void a_unit_is_enabled_and_disabled(void **state)
{
	struct live_test *test = *state;
	struct step enable = live_step(VERB_unit_enable, NULL, "live-a.service");
	struct step disable = live_step(VERB_unit_disable, NULL, "live-a.service");
	const char *wanted = FOLDER "multi-user.target.wants/live-a.service";

	put_unit(test, "live-a.service", service);
	live_law(test, &enable);
	assert_false(live_exists(wanted));
	assert_int_equal(live_do(test, &enable), RESULT_DONE);
	assert_true(live_exists(wanted));
	assert_string_equal(unit_of(test, "live-a.service").enabled, "enabled");
	live_law(test, &disable);
	assert_int_equal(live_do(test, &disable), RESULT_DONE);
	assert_string_equal(unit_of(test, "live-a.service").enabled, "disabled");
}

static void a_unit_that_fails_is_told(void **state)
{
	struct live_test *test = *state;
	struct step start = live_step(VERB_unit_start, NULL, "live-b.service");

	put_unit(test, "live-b.service", failing);
	assert_string_equal(live_try(test, &start), "systemd's job ended with \"failed\"");
	assert_string_equal(unit_of(test, "live-b.service").active, "failed");
}

static const char *limit_of(struct live_test *test, const char *name)
{
	struct settings settings = {};

	assert_int_equal(host_settings(test->host, "live-d.slice", &settings, &test->faults), 1);
	return unit_settings_get(&settings, name);
}

/* M8 to M13 */
static void limits_of_a_slice_are_systemd_s(void **state)
{
	static const char *const limits[][2] = {
		{ "CPUWeight", "300" },     { "CPUQuota", "12.5%" },       { "AllowedCPUs", "0" },
		{ "MemoryMax", "4096000" }, { "MemorySwapMax", "0" },      { "MemoryLow", "8192" },
		{ "TasksMax", "77" },       { "AllowedMemoryNodes", "0" },
	};
	struct live_test *test = *state;

	for (size_t i = 0; i < COUNT_OF(limits); i++) {
		struct step step = live_step(VERB_unit_property, NULL, "live-d.slice", limits[i][0],
					     limits[i][1]);
		live_law(test, &step);
		assert_string_equal(limit_of(test, limits[i][0]), "");
		assert_int_equal(live_do(test, &step), RESULT_DONE);
		assert_string_equal(limit_of(test, limits[i][0]), limits[i][1]);
	}
	struct step none = live_step(VERB_unit_property, NULL, "live-d.slice", "AllowedCPUs", "");
	assert_int_equal(live_do(test, &none), RESULT_DONE);
	assert_string_equal(limit_of(test, "AllowedCPUs"), "");
	struct step weight = live_step(VERB_unit_property, NULL, "live-d.slice", "IOReadIOPSMax",
				       "/dev/vda 9, /dev/vdb 8");
	assert_int_equal(live_do(test, &weight), RESULT_DONE);
	assert_string_equal(limit_of(test, "IOReadIOPSMax"), "/dev/vda 9, /dev/vdb 8");
	struct step one =
		live_step(VERB_unit_property, NULL, "live-d.slice", "IOReadIOPSMax", "/dev/vdb 7");
	assert_int_equal(live_do(test, &one), RESULT_DONE);
	assert_string_equal(limit_of(test, "IOReadIOPSMax"), "/dev/vdb 7");
	struct step unknown = live_step(VERB_unit_property, NULL, "live-d.slice", "Delegate", "1");
	assert_string_equal(live_try(test, &unknown), "there is no Delegate of live-d.slice");
	struct step bad = live_step(VERB_unit_property, NULL, "live-d.slice", "CPUWeight", "20000");
	assert_non_null(live_try(test, &bad));
}

/* Many at once: the end of each job is told from those of others. */
static void many_units_are_started_one_after_the_other(void **state)
{
	struct live_test *test = *state;

	put_unit(test, "live-c@.service", service);
	for (int i = 0; i < 50; i++) {
		const char *name = arena_printf(test->arena, "live-c@%d.service", i);
		struct step start = live_step(VERB_unit_start, NULL, name);
		struct step stop = live_step(VERB_unit_stop, NULL, name);
		assert_int_equal(live_do(test, &start), RESULT_DONE);
		assert_int_equal(live_do(test, &stop), RESULT_DONE);
	}
}

/* ---- networkd ---- */

static bool link_there(struct live_test *test, const char *name)
{
	struct host_links links = {};

	host_forget(test->host);
	assert_int_equal(host_links(test->host, &links, &test->faults), 1);
	for (size_t i = 0; i < links.list.count; i++)
		if (string_equal(links.list.at[i].name, name))
			return true;
	return false;
}

static void networkd_makes_a_link_and_we_remove_it(void **state)
{
	struct live_test *test = *state;
	struct step netdev = live_step(VERB_file_write, "[NetDev]\nName=live0\nKind=bridge\n",
				       "/etc/systemd/network/10-live0.netdev", "0644", NULL);
	struct step network = live_step(VERB_file_write,
					"[Match]\nName=live0\n[Network]\nAddress=10.99.1.1/24\n"
					"ConfigureWithoutCarrier=yes\n",
					"/etc/systemd/network/10-live0.network", "0644", NULL);
	struct step reload = live_step(VERB_links_reload, NULL);
	struct step configure = live_step(VERB_link_reconfigure, NULL, "live0");
	struct step removal = live_step(VERB_link_remove, NULL, "live0");
	struct step undo_netdev = live_inverse(test, &netdev);
	struct step undo_network = live_inverse(test, &network);

	assert_int_equal(live_do(test, &configure), RESULT_SAME);
	live_do(test, &netdev);
	live_do(test, &network);
	assert_int_equal(live_do(test, &reload), RESULT_DONE);
	for (int tries = 0; tries < 500 && !link_there(test, "live0"); tries++)
		nanosleep(&(struct timespec){ 0, 10 * 1000 * 1000 }, NULL);
	assert_true(link_there(test, "live0"));
	assert_int_equal(live_do(test, &configure), RESULT_DONE);
	assert_int_equal(live_do(test, &undo_netdev), RESULT_DONE);
	assert_int_equal(live_do(test, &undo_network), RESULT_DONE);
	assert_int_equal(live_do(test, &reload), RESULT_DONE);
	assert_true(link_there(test, "live0"));
	assert_int_equal(live_do(test, &removal), RESULT_DONE);
	assert_false(link_there(test, "live0"));
}

/* The kernel shows a link before networkd has heard of it. */
static void a_link_is_reconfigured_as_soon_as_it_is_there(void **state)
{
	struct live_test *test = *state;

	for (int i = 0; i < 20; i++) {
		const char *name = arena_printf(test->arena, "live-new%d", i);
		struct exec add = { .argv = (const char *const[]){ "ip", "link", "add", name,
								   "type", "bridge", NULL } };
		struct step configure = live_step(VERB_link_reconfigure, NULL, name);
		struct step removal = live_step(VERB_link_remove, NULL, name);
		assert_int_equal(exec_run(test->arena, &add, NULL, &test->faults), 0);
		assert_int_equal(live_do(test, &configure), RESULT_DONE);
		assert_int_equal(live_do(test, &removal), RESULT_DONE);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(a_unit_that_is_nowhere_is_not_there),
		LIVE_TEST(a_unit_is_started_and_stopped),
		LIVE_TEST(a_unit_is_enabled_and_disabled),
		LIVE_TEST(a_unit_that_fails_is_told),
		LIVE_TEST(limits_of_a_slice_are_systemd_s),
		LIVE_TEST(many_units_are_started_one_after_the_other),
		LIVE_TEST(networkd_makes_a_link_and_we_remove_it),
		LIVE_TEST(a_link_is_reconfigured_as_soon_as_it_is_there),
	};

	/* It writes into the real /etc: only on a machine that was made for it. */
	if (argc < 2 || !string_equal(argv[1], "here")) {
		printf("skipped: only in a container of its own, then called with \"here\"\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
