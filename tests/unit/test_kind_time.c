/* kinds: host, as far as time goes. */
#include "kinds_help.h"

#define DROPIN   "/etc/systemd/timesyncd.conf.d/20-gasthof.conf"
#define TIMESYNC "systemd-timesyncd.service"

static void time_machine(struct lab *lab)
{
	lab_timezone(lab, "Etc/UTC");
	lab_member_set(lab, "units.json", TIMESYNC, "enabled", "disabled");
	lab_member_set(lab, "units.json", TIMESYNC, "active", "inactive");
}

static void servers_stand_in_a_dropin(void **state)
{
	struct lab *lab = *state;

	time_machine(lab);
	assert_string_equal(lab_describe(lab, "host: {ntp: [time.lab.example, \"fd00::1\"]}\n"),
			    "");
	assert_string_equal(lab_plan(lab), "host: change\n"
					   "  file_write path=\"" DROPIN "\" mode=\"0644\"\n"
					   "  unit_enable unit=\"" TIMESYNC "\"\n"
					   "  unit_start unit=\"" TIMESYNC "\"\n");
	lab_perform(lab);
	assert_string_equal(lab_get(lab, "fs" DROPIN),
			    "# made by gasthof for host; changes here are overwritten\n[Time]\n"
			    "NTP=time.lab.example fd00::1\n");
	assert_string_equal(lab_plan(lab), "");

	lab_describe(lab, "host: {ntp: [other.lab.example]}\n");
	assert_string_equal(lab_plan(lab), "host: change\n"
					   "  file_write path=\"" DROPIN "\" mode=\"0644\"\n"
					   "  unit_restart unit=\"" TIMESYNC "\"\n");
	lab_perform(lab);
	lab_describe(lab, "");
	assert_string_equal(lab_plan(lab), "host: remove\n"
					   "  file_remove path=\"" DROPIN "\"\n"
					   "  unit_restart unit=\"" TIMESYNC "\"\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

static void drift_of_time_is_named_field_by_field(void **state)
{
	struct lab *lab = *state;

	time_machine(lab);
	lab_describe(lab, "host: {timezone: Europe/Berlin, ntp: [a.example]}\n");
	lab_plan(lab);
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
	lab_member_set(lab, "units.json", TIMESYNC, "enabled", "disabled");
	lab_member_set(lab, "units.json", TIMESYNC, "active", "inactive");
	lab_put(lab, "fs" DROPIN,
		"# made by gasthof for host; changes here are "
		"overwritten\n[Time]\nNTP=b.example\n");
	lab_timezone(lab, "Asia/Tokyo");
	lab_plan(lab);
	assert_string_equal(lab_differs(lab, "host"), "timezone: Asia/Tokyo -> Europe/Berlin\n"
						      "ntp: [b.example] -> [a.example]\n"
						      "ntp_enabled: false -> true\n"
						      "ntp_runs: false -> true\n");
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

/* A container's clock is the machine's: its conditions do not hold, and nothing is left to do. */
static void a_service_that_systemd_skips_is_as_it_can_be(void **state)
{
	struct lab *lab = *state;

	time_machine(lab);
	lab_member_set(lab, "units.json", TIMESYNC, "skipped", "true");
	lab_describe(lab, "host: {ntp: [a.example]}\n");
	assert_null(strstr(lab_plan(lab), "unit_start"));
}

static void a_zone_that_is_a_copy_is_put_right(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, "fs/etc/localtime", "TZif2");
	lab_describe(lab, "host: {timezone: Europe/Berlin}\n");
	assert_string_equal(lab_plan(lab), "host: change\n"
					   "  timezone_set timezone=\"Europe/Berlin\"\n");
}

static void what_time_cannot_be_is_a_fault(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(lab_describe(lab, "host: {ntp: []}\n"),
			    "2:8: no time server is named\n");
	assert_string_equal(lab_describe(lab, "host: {ntp: ['a b']}\n"),
			    "2:8: \"a b\" is not the name of a time server\n");
	assert_string_equal(lab_describe(lab, "host: {ntp: [a.example]}\n"), "");
	assert_string_equal(lab_plan(lab), "2:8: systemd-timesyncd is not installed\n");
}

#define LAB_TEST(function) cmocka_unit_test_setup_teardown(function, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(servers_stand_in_a_dropin),
		LAB_TEST(drift_of_time_is_named_field_by_field),
		LAB_TEST(a_service_that_systemd_skips_is_as_it_can_be),
		LAB_TEST(a_zone_that_is_a_copy_is_put_right),
		LAB_TEST(what_time_cannot_be_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
