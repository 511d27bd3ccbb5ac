/* The host itself: its name, users, time zone, modules. */
#include "live_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/write/exec.h"

static void the_host_gets_its_name_and_loses_it(void **state)
{
	struct live_test *test = *state;
	struct step step = live_step(VERB_hostname_set, NULL, "kvm-01", NULL);
	char before[65] = "", now[65] = "";

	assert_int_equal(gethostname(before, sizeof(before)), 0);
	live_put("/etc/hostname", before, strlen(before));
	live_law(test, &step);
	assert_int_equal(gethostname(now, sizeof(now)), 0);
	assert_string_equal(now, before);
	assert_int_equal(live_do(test, &step), RESULT_DONE);
	assert_string_equal(live_get(test, "/etc/hostname", NULL), "kvm-01\n");
	assert_int_equal(gethostname(now, sizeof(now)), 0);
	assert_string_equal(now, "kvm-01");
}

static void the_file_comes_back_as_it_was_and_none_where_there_was_none(void **state)
{
	struct live_test *test = *state;
	static const char old[] = "# a\n\nhouse\n";
	struct step step = live_step(VERB_hostname_set, NULL, "kvm-01", NULL);
	char before[65] = "", now[65] = "";

	assert_int_equal(gethostname(before, sizeof(before)), 0);
	live_put("/etc/hostname", old, strlen(old));
	live_law(test, &step);
	assert_string_equal(live_get(test, "/etc/hostname", NULL), old);
	assert_int_equal(unlink("/etc/hostname"), 0);
	live_law(test, &step);
	assert_false(live_exists("/etc/hostname"));
	assert_int_equal(gethostname(now, sizeof(now)), 0);
	assert_string_equal(now, before);
}

static void users_come_and_go_and_their_homes_stay(void **state)
{
	struct live_test *test = *state;
	struct step add = live_step(VERB_user_add, NULL, "ada", "/bin/sh");
	struct step drop = live_step(VERB_user_remove, NULL, "ada");

	live_law(test, &add);
	assert_true(live_exists("/home/ada"));
	assert_int_equal(live_do(test, &add), RESULT_DONE);
	assert_non_null(strstr(live_get(test, "/etc/passwd", NULL), "/home/ada:/bin/sh\n"));
	assert_string_equal(live_inverse(test, &drop).argument[1], "/bin/sh");
	live_law(test, &drop);
	assert_int_equal(live_do(test, &drop), RESULT_DONE);
}

static void a_user_is_in_exactly_the_groups_it_is_given(void **state)
{
	struct live_test *test = *state;
	struct step add = live_step(VERB_user_add, NULL, "ada", "/bin/sh");
	struct step drop = live_step(VERB_user_remove, NULL, "ada");
	struct step groups = live_step(VERB_user_groups, NULL, "ada", "video,audio");
	struct step fewer = live_step(VERB_user_groups, NULL, "ada", "audio");

	assert_non_null(strstr(live_try(test, &groups), "there is no user"));
	assert_int_equal(live_inverse(test, &groups).verb, VERB_nothing);
	assert_int_equal(live_do(test, &add), RESULT_DONE);
	live_law(test, &groups);
	assert_int_equal(live_do(test, &groups), RESULT_DONE);
	groups.argument[1] = "audio,video,audio";
	assert_int_equal(live_do(test, &groups), RESULT_SAME);
	assert_string_equal(live_inverse(test, &fewer).argument[1], "audio,video");
	live_law(test, &fewer);
	groups.argument[1] = "no-such-group";
	assert_non_null(strstr(live_try(test, &groups), "no-such-group"));
	assert_int_equal(live_do(test, &drop), RESULT_DONE);
}

static void names_never_become_options(void **state)
{
	struct live_test *test = *state;
	static const char *const names[] = { "--root=/x", "-r", "a b", "a:b", "", "a\nb" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		struct step step = live_step(VERB_user_add, NULL, names[i], "/bin/sh");
		assert_non_null(strstr(live_try(test, &step), "no user or group name"));
	}
	struct step root = live_step(VERB_user_remove, NULL, "root");
	assert_non_null(strstr(live_try(test, &root), "not removed"));
}

static void the_time_zone_is_set_and_put_back(void **state)
{
	struct live_test *test = *state;
	struct step step = live_step(VERB_timezone_set, NULL, "Europe/Berlin");
	const char *target = NULL;

	if (!live_exists("/usr/share/zoneinfo/Europe/Berlin")) {
		print_message("skipped: tzdata is not installed\n");
		skip();
	}
	unlink("/etc/localtime");
	assert_int_equal(symlink("/usr/share/zoneinfo/Etc/UTC", "/etc/localtime"), 0);
	live_law(test, &step);
	assert_int_equal(live_do(test, &step), RESULT_DONE);
	assert_int_equal(host_link(test->host, "/etc/localtime", &target, &test->faults), 1);
	assert_string_equal(target, "../usr/share/zoneinfo/Europe/Berlin");
	assert_int_equal(access("/etc/localtime", R_OK), 0);
	step.argument[0] = "Europe/Nowhere";
	assert_non_null(strstr(live_try(test, &step), "no time zone"));
	step.argument[0] = "../../../etc/passwd";
	assert_non_null(strstr(live_try(test, &step), "no time zone"));
}

/* What it does to a device that is there is for tests/metal: here /sys is the build machine's. */
static void a_device_that_is_not_there_is_not_driven(void **state)
{
	struct live_test *test = *state;
	struct step step = live_step(VERB_pci_driver, NULL, "ffff:ff:1f.7", "vfio-pci", "vfio-pci");
	struct step path = live_step(VERB_pci_driver, NULL, "../../etc", "vfio-pci", "vfio-pci");

	assert_int_equal(live_inverse(test, &step).verb, VERB_nothing);
	assert_string_equal(live_try(test, &step), "there is no device ffff:ff:1f.7");
	assert_string_equal(live_try(test, &path), "\"../../etc\" is no PCI address");
}

static void a_module_that_is_not_there_is_a_fault(void **state)
{
	struct live_test *test = *state;
	struct step step = live_step(VERB_module_load, NULL, "no_such_module", NULL);

	assert_non_null(strstr(live_try(test, &step), "no module \"no_such_module\""));
	step = live_step(VERB_module_unload, NULL, "no_such_module");
	assert_non_null(strstr(live_try(test, &step), "no module \"no_such_module\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(the_host_gets_its_name_and_loses_it),
		LIVE_TEST(the_file_comes_back_as_it_was_and_none_where_there_was_none),
		LIVE_TEST(users_come_and_go_and_their_homes_stay),
		LIVE_TEST(a_user_is_in_exactly_the_groups_it_is_given),
		LIVE_TEST(names_never_become_options),
		LIVE_TEST(the_time_zone_is_set_and_put_back),
		LIVE_TEST(a_module_that_is_not_there_is_a_fault),
		LIVE_TEST(a_device_that_is_not_there_is_not_driven),
	};

	live_unshare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
