/* kinds: guests on processors of the machine: what they are tied to is there, and what others
 * make of it (A26, C20 to C25, PIT29, PIT30). */
#include "topology_help.h"

#include "formats/ours.h"

static const struct layout two_sockets = {
	.nodes = { "0-3,8-11", "4-7,12-15" },
	.cores = 8,
	.sockets = 2,
	.threads = 2,
};

static void machine(struct lab *lab, const struct layout *layout)
{
	layout_machine(lab, layout, 33554432);
}

/* The faults and notes of a plan, a line each. */
static const char *told(struct lab *lab, const char *yaml)
{
	struct text text = text_of(lab->arena);

	text_add(&text, lab_describe(lab, yaml));
	LINES_EACH(line, lab->arena, lab_plan(lab))
	if (string_starts(line, "2:"))
		text_addf(&text, "%s\n", line);
	EACH(item, &lab->plan.items)
		EACH(note, &(*item)->steps.notes)
			text_addf(&text, "%s: %s\n", (*item)->path, *note);
	return text.at;
}

static const struct {
	const char *yaml, *told;
} one_guest[] = {
	/* C24 */
	{ "guests: {a: {vcpus: {count: 2, pin: {0: 2, 1: 16}}}}\n",
	  "2:44: this machine has no CPU 16, it has 0-15\n" },
	{ "guests: {a: {vcpus: {count: 2, emulator: \"1,20-21\"}}}\n",
	  "2:42: this machine has no CPU 20-21, it has 0-15\n" },
	{ "guests: {a: {vcpus: {count: 2, cpu_set: 0-16}}}\n",
	  "2:41: this machine has no CPU 16, it has 0-15\n" },
	{ "guests: {a: {iothreads: {count: 1, pin: {1: 99}}}}\n",
	  "2:42: this machine has no CPU 99, it has 0-15\n" },
	{ "guests: {a: {vcpus: {count: 1, pin: {0: 9}}}}\ncpu: {smt: false}\n",
	  "2:38: CPU 9 goes off with cpu.smt: false\n" },
	{ "guests: {a: {vcpus: {count: 1, pin: {0: 9}}, slice: gold}}\n"
	  "slices: {gold: {cpu_set: 1-4}}\n",
	  "2:38: CPU 9 is not of the slice gold, which has 1-4\n" },
	/* A26 */
	{ "guests: {a: {memory: {size: 1GiB, node: 2}}}\n",
	  "2:41: this machine has no NUMA node 2, it has 0-1\n" },
	/* where all may go together, nothing is to be said */
	{ "guests: {a: {vcpus: {count: 2, cpu_set: 0-15}}}\n", "" },
	{ "guests: {a: {vcpus: 2}}\n", "" },
	/* PIT30 */
	{ "guests: {a: {vcpus: {count: 2, pin: {0: 1, 1: 9}}}}\n",
	  "guests.a: CPU 1,9 is not set apart: whatever else runs here may run there too "
	  "(cpu.isolated)\n" },
	{ "cpu: {isolated: \"1-3,9-11\"}\nguests: {a: {vcpus: {count: 2, pin: {0: 1, 1: 8}}}}\n",
	  "guests.a: CPU 8 is not set apart: whatever else runs here may run there too "
	  "(cpu.isolated)\n" },
	{ "cpu: {isolated: \"1-3,9-11\"}\n"
	  "guests: {a: {vcpus: {count: 2, pin: {0: 1, 1: 9}, emulator: 0-1}}}\n",
	  "guests.a: QEMU's own threads may run on CPU 1, which is set apart for vCPUs\n" },
	{ "cpu: {isolated: {cpu_set: 1-3, how: cgroup}}\nguests: {a: {vcpus: 2}}\n",
	  "guests.a: its vCPUs may run on CPU 1-3, which is set apart, and elsewhere: pin them\n" },
	{ "cpu: {isolated: {cpu_set: 1-3, how: cgroup}}\n"
	  "guests: {a: {vcpus: {count: 3, pin: {0: 1, 1: 3-7}}}, b: {vcpus: {count: 2, cpu_set: "
	  "0-1}}, c: {vcpus: {count: 3, pin: {0: 1-3, 1: 1, 2: 9}, emulator: 0}}}\n",
	  "guests.a: its vCPUs may run on CPU 1-3, which is set apart, and elsewhere: pin them\n"
	  "guests.b: its vCPUs may run on CPU 1-3, which is set apart, and elsewhere: pin them\n"
	  "guests.b: CPU 0 is not set apart: whatever else runs here may run there too "
	  "(cpu.isolated)\n" },
	{ "cpu: {isolated: {cpu_set: \"1-3,9\", how: cgroup}}\n"
	  "guests: {a: {vcpus: {count: 2, pin: {0: 1, 1: 9}, emulator: 0}}}\n",
	  "" },
	/* PIT29 */
	{ "cpu: {isolated: 1-7}\nguests: {a: {vcpus: {count: 2, pin: {0: 3, 1: 4}}}}\n",
	  "guests.a: its vCPUs are spread over the nodes 0-1: some are far from their memory\n" },
	{ "cpu: {isolated: 1-7}\n"
	  "guests: {a: {vcpus: {count: 1, pin: {0: 3}}, memory: {size: 1GiB, node: 1}}}\n",
	  "guests.a: its memory comes from node 1 and its vCPUs run on node 0: each access goes "
	  "across\n" },
	{ "cpu: {isolated: 1-7}\n"
	  "guests: {a: {vcpus: {count: 1, pin: {0: 3}}, memory: {size: 1GiB, node: 0}}}\n",
	  "" },
};

static void what_a_guest_is_tied_to_is_looked_at(void **state)
{
	struct lab *lab = *state;

	machine(lab, &two_sockets);
	for (size_t i = 0; i < COUNT_OF(one_guest); i++) {
		const char *said = told(lab, one_guest[i].yaml);
		if (strcmp(said, one_guest[i].told) != 0)
			fail_msg("%s\n%s\n%s", one_guest[i].yaml, said, one_guest[i].told);
	}
}

static void a_processor_that_is_off_runs_nothing(void **state)
{
	struct lab *lab = *state;
	struct layout layout = two_sockets;

	layout.off = "4,12";
	machine(lab, &layout);
	assert_string_equal(told(lab, "guests: {a: {vcpus: {count: 1, pin: {0: 12}}}}\n"),
			    "2:38: CPU 12 is off\n");
}

/* C23: each of two guests has the other in its way, described or not. */
static void two_guests_on_one_processor_are_noted(void **state)
{
	struct lab *lab = *state;

	machine(lab, &two_sockets);
	const char *said = told(lab, "cpu: {isolated: 1-3}\n"
				     "guests:\n"
				     "  a: {vcpus: {count: 2, pin: {0: 1, 1: 2}}}\n"
				     "  b: {vcpus: {count: 2, pin: {0: 2, 1: 3}}}\n");
	assert_string_equal(said, "guests.a: CPU 2 is pinned by guests.b too: each waits for the "
				  "other\n"
				  "guests.b: CPU 2 is pinned by guests.a too: each waits for the "
				  "other\n");
	lab_perform(lab);
	assert_null(strstr(lab_plan(lab), "guests."));
	said = told(lab, "cpu: {isolated: 1-3}\n"
			 "guests: {c: {vcpus: {count: 1, pin: {0: 1}}}}\n");
	assert_null(strstr(said, "pinned by")); /* a and b are on their way out */
	lab->ledger.list.count = 0;
	lab_put(lab, "libvirt/domains/x.xml",
		"<domain type='kvm'><name>x</name><memory>1048576</memory><vcpu>1</vcpu>"
		"<os><type>hvm</type></os>"
		"<cputune><vcpupin vcpu='0' cpuset='1'/></cputune></domain>");
	lab_json(lab, "libvirt/domains.json", "x", node_map(lab->arena));
	said = told(lab, "cpu: {isolated: 1-3}\n"
			 "guests: {c: {vcpus: {count: 1, pin: {0: 1}}}}\n");
	assert_non_null(strstr(said, "CPU 1 is pinned by guests.x too"));
}

/* isolcpus= takes load balancing away, cgroups do not. */
static void several_isolated_processors_for_one_vcpu_are_noted(void **state)
{
	struct lab *lab = *state;
	struct layout layout = two_sockets;

	layout.isolated = "1-3";
	machine(lab, &layout);
	assert_string_equal(
		told(lab, "guests: {a: {vcpus: {count: 2, pin: {0: 1-2, 1: 1-2}}}}\n"),
		"guests.a: the kernel does not move tasks between the isolated CPUs 1-2: pin each "
		"vCPU to one\n");
}

/* What is said once of a tie is not said again with each other change. */
static void old_ties_are_not_noted_again(void **state)
{
	struct lab *lab = *state;

	machine(lab, &two_sockets);
	told(lab, "guests: {a: {vcpus: {count: 1, pin: {0: 1}}}}\n");
	lab_perform(lab);
	assert_string_equal(
		told(lab, "guests: {a: {vcpus: {count: 1, pin: {0: 1}}, rng: false}}\n"), "");
}

#define LAB_TEST(test) cmocka_unit_test_setup_teardown(test, lab_setup, lab_teardown)

/* A4, C24: the kernel would move them to others' processors, whatever their definitions say. */
static void smt_does_not_go_off_below_a_guest(void **state)
{
	struct lab *lab = *state;

	machine(lab, &two_sockets);
	lab_put(lab, "fs/sys/devices/system/cpu/smt/control", "on\n");
	assert_string_equal(told(lab, "cpu: {smt: false}\n"
				      "guests: {a: {vcpus: {count: 2, pin: {0: 1, 1: 9}}}}\n"),
			    "2:12: it takes processors away from guests.a (CPU 9)\n");
	assert_string_equal(told(lab, "cpu: {smt: false}\n"
				      "guests: {a: {vcpus: {count: 2, cpu_set: 0-15}}}\n"),
			    "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(smt_does_not_go_off_below_a_guest),
		LAB_TEST(what_a_guest_is_tied_to_is_looked_at),
		LAB_TEST(a_processor_that_is_off_runs_nothing),
		LAB_TEST(two_guests_on_one_processor_are_noted),
		LAB_TEST(several_isolated_processors_for_one_vcpu_are_noted),
		LAB_TEST(old_ties_are_not_noted_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
