/* kind guests: sizes, weights, limits and places of a guest that runs are changed while it runs,
 * one thing at a time, and what cannot be waits and says why. */
#include "kinds_help.h"

#include "formats/domain.h"
#include "formats/refusal.h"

static void machine(struct lab *lab)
{
	lab_put(lab, "files.json",
		"{\"/dev/kvm\": {\"kind\": \"device\", \"device\": \"10:232\"}}");
	lab_put(lab, "fs/proc/meminfo", "MemTotal:        4194304 kB\nMemFree: 1 kB\n");
	lab_put(lab, "fs/sys/devices/system/cpu/online", "0-7\n");
	lab_put(lab, "fs/sys/devices/system/node/node0/cpulist", "0-3\n");
	lab_put(lab, "fs/sys/devices/system/node/node1/cpulist", "4-7\n");
}

static const char *guest(struct lab *lab, const char *body)
{
	return arena_printf(lab->arena, "guests: {web: {defaults: libvirt, %s}}\n", body);
}

/* It runs as `body` says, and nothing is left to do. */
static void running(struct lab *lab, const char *body)
{
	machine(lab);
	assert_string_equal(lab_describe(lab, guest(lab, body)), "");
	assert_non_null(strstr(lab_plan(lab), "domain_start domain=\"web\""));
	lab_perform(lab);
	assert_string_equal(lab_plan(lab), "");
}

/* What is done while it runs, and what waits, without the definition that is defined anew. */
static const char *plan_to(struct lab *lab, const char *body)
{
	static const char head[] = "guests.web: change\n";
	static const char define[] = "  domain_define domain=\"web\"\n";

	assert_string_equal(lab_describe(lab, guest(lab, body)), "");
	const char *plan = lab_plan(lab);
	if (!string_starts(plan, head))
		return plan;
	plan += strlen(head);
	return string_starts(plan, define) ? plan + strlen(define) : plan;
}

#define DOES(what, value) \
	"  domain_set domain=\"web\" what=\"" what "\" value=\"" value "\" scope=\"live\"\n"
#define NEXT_START "  wait guest-stop: takes effect at its next start\n"

static const struct {
	const char *before, *after, *plan;
} changes[] = {
	{ "vcpus: {count: 1, max: 4}", "vcpus: {count: 3, max: 4}", DOES("vcpus", "3") },
	{ "vcpus: 1", "vcpus: 2", NEXT_START },
	{ "vcpus: {count: 3, max: 4}", "vcpus: {count: 2, max: 4}",
	  "  wait guest-stop: it keeps the virtual CPUs that it was started with until its next "
	  "start\n" },
	{ "vcpus: {count: 2, pin: {0: 1}}", "vcpus: {count: 2, pin: {0: 2-3, 1: 4}}",
	  DOES("vcpu_pin.0", "2-3") DOES("vcpu_pin.1", "4") },
	{ "vcpus: {count: 2, pin: {0: 1, 1: 2}}", "vcpus: {count: 2, pin: {0: 1}}",
	  DOES("vcpu_pin.1", "0-7") },
	{ "vcpus: {count: 2, cpu_set: 0-3, pin: {1: 2}}", "vcpus: {count: 2, cpu_set: 0-3}",
	  DOES("vcpu_pin.1", "0-3") },
	{ "vcpus: {count: 2, emulator: 0}", "vcpus: {count: 2, emulator: 0-1}",
	  DOES("emulator_pin", "0-1") },
	{ "vcpus: {count: 2, shares: 100, quota: 50000}",
	  "vcpus: {count: 2, shares: 200, period: 20000, quota: 10000, emulator_quota: 2000}",
	  DOES("cpu_shares", "200") DOES("cpu_period", "20000") DOES("cpu_quota", "10000")
		  DOES("cpu_emulator_quota", "2000") },
	{ "vcpus: {count: 2, shares: 300, global_quota: 50000}", "vcpus: 2",
	  DOES("cpu_shares", "100") DOES("cpu_global_quota", "-1") },
	{ "vcpus: {count: 2, cpu_set: 0-3}", "vcpus: {count: 2, cpu_set: 0-5}", NEXT_START },
	{ "iothreads: 1", "iothreads: 3", DOES("iothread.2", "true") DOES("iothread.3", "true") },
	{ "iothreads: 2", "iothreads: 1", DOES("iothread.2", "false") },
	{ "iothreads: 1, disks: {d: {path: /d, iothread: 1}}", "disks: {d: {path: /d}}",
	  NEXT_START "  wait guest-stop: a disk runs on the iothread that is to go\n" },
	{ "iothreads: {each: {1: {}, 5: {}}}", "iothreads: {each: {1: {}, 7: {}}}",
	  DOES("iothread.7", "true") DOES("iothread.5", "false") },
	{ "iothreads: {each: {4: {}}}", "iothreads: {each: {4: {pool_max: 16, poll: {max: 5000}}}}",
	  DOES("iothread_pool_max.4", "16") DOES("iothread_poll_max.4", "5000") },
	{ "iothreads: {count: 1, pin: {1: 0}}", "iothreads: {count: 1, pin: {1: 1}, quota: 9000}",
	  DOES("iothread_pin.1", "1") DOES("cpu_iothread_quota", "9000") },
	{ "memory: {size: 1MiB, hard_limit: 1GiB}", "memory: {size: 1MiB, hard_limit: 2GiB}",
	  DOES("memory_limit", "2147483648") },
	/* growing: the sum first; shrinking: the part first */
	{ "memory: {size: 1MiB, hard_limit: 1GiB, swap_limit: 1GiB}",
	  "memory: {size: 1MiB, hard_limit: 2GiB, swap_limit: 3GiB}",
	  DOES("memory_swap_limit", "3221225472") DOES("memory_limit", "2147483648") },
	{ "memory: {size: 1MiB, hard_limit: 2GiB, swap_limit: 3GiB}",
	  "memory: {size: 1MiB, hard_limit: 1GiB, swap_limit: 1GiB}",
	  DOES("memory_limit", "1073741824") DOES("memory_swap_limit", "1073741824") },
	{ "memory: {size: 1MiB, hard_limit: 1GiB, soft_limit: 512MiB}", "memory: 1MiB",
	  DOES("memory_limit", "9223372036854774784")
		  DOES("memory_soft_limit", "9223372036854774784") },
	{ "memory: {size: 1MiB, min_guarantee: 1MiB}", "memory: {size: 1MiB, min_guarantee: 2MiB}",
	  NEXT_START },
	{ "memory: {size: 1MiB, numa: {mode: strict, nodes: 0}}",
	  "memory: {size: 1MiB, numa: {mode: strict, nodes: 0-1}}", DOES("numa_nodes", "0-1") },
	{ "memory: {size: 1MiB, node: 0}", "memory: {size: 1MiB, node: 1}",
	  DOES("numa_nodes", "1") },
	{ "memory: {size: 1MiB, numa: {mode: interleave, nodes: 0}}",
	  "memory: {size: 1MiB, numa: {mode: interleave, nodes: 0-1}}", NEXT_START },
	{ "block_io: {weight: 200}", "block_io: {weight: 300}", DOES("io_weight", "300") },
	{ "block_io: {weight: 200, devices: {a: {path: /dev/sda, read: 1000}}}",
	  "block_io: {weight: 200, devices: {a: {path: /dev/sda, read: 2000, write_iops: 50}}}",
	  DOES("device_write_iops./dev/sda", "50") DOES("device_read./dev/sda", "2000") },
	{ "block_io: {devices: {a: {path: /dev/sda, read: 1000, weight: 50}}}",
	  "block_io: {weight: 7}", DOES("io_weight", "7") DOES("device_read./dev/sda", "0") },
	{ "block_io: {devices: {a: {path: /dev/sda, read: 1000}}}",
	  "block_io: {devices: {a: {path: /dev/sdb, read: 1000}}}",
	  DOES("device_read./dev/sdb", "1000") DOES("device_read./dev/sda", "0") },
	{ "lifecycle: {poweroff: destroy}",
	  "lifecycle: {poweroff: preserve, reboot: restart, crash: preserve}",
	  DOES("on_poweroff", "preserve") DOES("on_reboot", "restart")
		  DOES("on_crash", "preserve") },
	{ "lifecycle: {crash: preserve}", "vcpus: 1", DOES("on_crash", "destroy") },
	{ "title: one", "title: two, description: \"a\\nb\"",
	  DOES("description", "a\\nb") DOES("title", "two") },
	{ "title: one", "vcpus: 1", "  domain_set domain=\"web\" what=\"title\" scope=\"live\"\n" },
};

static void one_thing_is_changed_at_a_time(void **state)
{
	struct text wrong = text_of(((struct lab *)*state)->arena);

	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		void *one = NULL;
		lab_setup(&one);
		running(one, changes[i].before);
		const char *plan = plan_to(one, changes[i].after);
		if (strcmp(plan, changes[i].plan) != 0)
			text_addf(&wrong, "%s -> %s:\n%s", changes[i].before, changes[i].after,
				  plan);
		lab_teardown(&one);
	}
	if (wrong.size)
		fail_msg("\n%s", wrong.at);
}

#define LAB_TEST(name) cmocka_unit_test_setup_teardown(name, lab_setup, lab_teardown)

static const char *live_xml(struct lab *lab)
{
	return lab_get(lab, "libvirt/domains/web.live.xml");
}

/* `old` of the running definition has become `new`, by somebody else's hand. */
static void by_hand(struct lab *lab, const char *old, const char *new)
{
	const char *xml = live_xml(lab), *at = strstr(xml, old);

	assert_non_null(at);
	lab_put(lab, "libvirt/domains/web.live.xml",
		arena_printf(lab->arena, "%.*s%s%s", (int)(at - xml), xml, new, at + strlen(old)));
}

#define SHARED "vcpus: {count: 2, max: 4, shares: 200, pin: {0: 1}}"

/* What is configured is as it was: the running half alone is put right, field by field. */
static void what_drifts_while_it_runs_is_put_right(void **state)
{
	struct lab *lab = *state;

	running(lab, SHARED);
	by_hand(lab, ">200<", ">900<");
	assert_string_equal(plan_to(lab, SHARED), DOES("cpu_shares", "200"));
	assert_string_equal(lab_differs(lab, "guests.web"), "vcpus.shares: 900 -> 200\n");
	by_hand(lab, "cpuset=\"1\"", "cpuset=\"2-3\"");
	assert_string_equal(plan_to(lab, SHARED),
			    DOES("vcpu_pin.0", "1") DOES("cpu_shares", "200"));
	lab_perform(lab);
	assert_string_equal(plan_to(lab, SHARED), "");
}

/* What went back stands in the running definition as what holds where nothing is said: no step for
 * it, also while something else waits. */
static void what_went_back_is_not_done_again(void **state)
{
	struct lab *lab = *state;

	running(lab, SHARED);
	by_hand(lab, ">200<", ">100<");
	by_hand(lab, "cpuset=\"1\"", "cpuset=\"0-7\"");
	assert_string_equal(plan_to(lab, "vcpus: {count: 2, max: 4}, firmware: uefi"), NEXT_START);
}

/* A vCPU that was added while it ran can be taken away again. */
static void an_added_processor_is_given_back(void **state)
{
	struct lab *lab = *state;

	running(lab, "vcpus: {count: 3, max: 4}");
	by_hand(lab, "</domain>",
		"<vcpus><vcpu id='0' enabled='yes' hotpluggable='no'/>"
		"<vcpu id='1' enabled='yes' hotpluggable='no'/>"
		"<vcpu id='2' enabled='yes' hotpluggable='yes'/>"
		"<vcpu id='3' enabled='no' hotpluggable='yes'/></vcpus></domain>");
	assert_string_equal(plan_to(lab, "vcpus: {count: 2, max: 4}"), DOES("vcpus", "2"));
	assert_string_equal(plan_to(lab, "vcpus: {count: 1, max: 4}"),
			    "  wait guest-stop: it keeps the virtual CPUs that it was started with "
			    "until its next start\n");
}

#define ROOM "memory: {size: 64MiB, max: 128MiB}"

/* A guest that still boots, or has no driver, keeps all it was started with. */
static void a_balloon_is_told_once(void **state)
{
	struct lab *lab = *state;

	running(lab, ROOM);
	by_hand(lab, ">65536</currentMemory>", ">131072</currentMemory>");
	assert_string_equal(plan_to(lab, ROOM),
			    "  wait event: its balloon gives memory back: a guest without the "
			    "driver keeps all\n");
	assert_true(plan_is_empty(&lab->plan));
	/* the driver is there: somebody gave it all that there is */
	lab_member_set(lab, "libvirt/domains.json", "web", "balloon_filled", "true");
	assert_string_equal(plan_to(lab, ROOM), DOES("memory", "67108864"));
	lab_member_set(lab, "libvirt/domains.json", "web", "balloon_filled", "false");
	/* somebody moved it */
	by_hand(lab, ">131072</currentMemory>", ">98304</currentMemory>");
	assert_string_equal(plan_to(lab, ROOM), DOES("memory", "67108864"));
	/* more than there is room for */
	assert_string_equal(plan_to(lab, "memory: 1GiB"), NEXT_START);
}

/* libvirt's schema has no clock without an offset. */
static void a_clock_goes_back_to_what_libvirt_takes(void **state)
{
	struct lab *lab = *state;

	running(lab, "clock: {offset: localtime, timers: {hpet: {present: false}}}");
	assert_string_equal(plan_to(lab, "vcpus: 1, clock: {timers: {hpet: {present: false}}}"),
			    NEXT_START);
	lab_perform(lab);
	assert_non_null(strstr(lab_get(lab, "libvirt/domains/web.xml"), "<clock offset=\"utc\">"));
}

/* What has gone back stands in the running definition, where nothing was said before: it is not
 * told again while something else waits, and the ledger goes on knowing it. */
static void what_went_back_is_not_told_again_while_it_waits(void **state)
{
	static const char *const after = "vcpus: {count: 2, max: 4}";
	struct lab *lab = *state;

	running(lab, "vcpus: {count: 2, shares: 300, quota: 50000}, lifecycle: {crash: preserve}");
	assert_string_equal(plan_to(lab, after), DOES("cpu_shares", "100") DOES("cpu_quota", "-1")
							 DOES("on_crash", "destroy") NEXT_START);
	by_hand(lab, "<shares>300<", "<shares>100<");
	by_hand(lab, "<quota>50000<", "<quota>-1<");
	by_hand(lab, "<on_crash>preserve<", "<on_crash>destroy<");
	assert_string_equal(plan_to(lab, after), NEXT_START);
}

/* A guest that did not follow is not asked the same again while it runs; another wish is. */
static void what_it_did_not_do_waits(void **state)
{
	struct lab *lab = *state;
	struct refusals refused = { .life = "7" };

	running(lab, ROOM);
	by_hand(lab, "<domain", "<domain id=\"7\"");
	by_hand(lab, ">65536</currentMemory>", ">98304</currentMemory>");
	assert_string_equal(plan_to(lab, ROOM), DOES("memory", "67108864"));
	const struct step *step = &plan_find(&lab->plan, "guests.web")->steps.list.at[0];
	struct refusal refusal = { refusal_key(lab->arena, step), "memory", "it was asked",
				   REFUSAL_ASKED };
	refusals_add(lab->arena, &refused, &refusal);
	const struct item *item = desired_find(&lab->desired, "guests", "web");
	lab_put(lab,
		arena_printf(lab->arena, "fs%s",
			     refusal_path(lab->arena, domain_uuid(lab->arena, item->value, "web"))),
		refusals_text(lab->arena, &refused));
	assert_string_equal(plan_to(lab, ROOM), "  wait guest-stop: it was asked\n");
	assert_string_equal(plan_to(lab, "memory: {size: 80MiB, max: 128MiB}"),
			    DOES("memory", "83886080"));
}

/* Nobody notices a title: on_change does not hold it back. */
static void a_guest_that_is_to_be_left_alone_may_have_a_title(void **state)
{
	struct lab *lab = *state;

	running(lab, "on_change: never, title: a, vcpus: {count: 1, max: 2, shares: 10}");
	assert_string_equal(
		plan_to(lab, "on_change: never, title: b, vcpus: {count: 1, max: 2, shares: 20}"),
		DOES("title", "b") NEXT_START);
	assert_int_equal(lab->plan.class, CLASS_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(one_thing_is_changed_at_a_time),
		LAB_TEST(what_drifts_while_it_runs_is_put_right),
		LAB_TEST(what_went_back_is_not_done_again),
		LAB_TEST(an_added_processor_is_given_back),
		LAB_TEST(a_balloon_is_told_once),
		LAB_TEST(a_clock_goes_back_to_what_libvirt_takes),
		LAB_TEST(what_went_back_is_not_told_again_while_it_waits),
		LAB_TEST(what_it_did_not_do_waits),
		LAB_TEST(a_guest_that_is_to_be_left_alone_may_have_a_title),
	};

	return cmocka_run_group_tests_name("guest settings", tests, NULL, NULL);
}
