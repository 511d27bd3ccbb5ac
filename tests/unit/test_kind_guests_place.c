/* kinds: `pin: auto`, on machines as real ones are laid out (A25, A26, C20 to C25, PIT29, PIT30).
 */
#include "topology_help.h"

#include "formats/guest.h"
#include "formats/ours.h"

#define LAB_TEST(test) cmocka_unit_test_setup_teardown(test, lab_setup, lab_teardown)

/* two sockets with two threads a core, siblings half the machine apart (Intel's numbering) */
static const struct layout two_sockets = {
	.nodes = { "0-3,8-11", "4-7,12-15" },
	.cores = 8,
	.sockets = 2,
	.threads = 2,
};

static void machine(struct lab *lab, const struct layout *layout)
{
	layout_machine(lab, layout, 268435456);
}

static const char *set(struct lab *lab, const struct cpus *cpus)
{
	return type_text_of(&type_cpus, cpus, lab->arena);
}

static void pins_add(struct lab *lab, struct text *text, const struct map *pins)
{
	for (size_t i = 0; i < pins->count; i++)
		text_addf(text, "%s%s", i ? " " : "",
			  set(lab, &((const struct guest_pin *)pins->at[i].value)->cpu_set));
}

/* Where a guest is: its vCPUs one by one; its helpers; its memory; threads of its cores. */
static const char *place_of(struct lab *lab, const char *name)
{
	const struct guest *guest = desired_find(&lab->desired, "guests", name)->value;
	struct text text = text_of(lab->arena);

	pins_add(lab, &text, &guest->vcpus.pin);
	text_addf(&text, " / %s", set(lab, &guest->vcpus.emulator));
	if (guest->iothreads.pin.count)
		text_add(&text, " io ");
	pins_add(lab, &text, &guest->iothreads.pin);
	if (GIVEN(&guest_memory_record, &guest->memory, node))
		text_addf(&text, " node %u", guest->memory.node);
	if (guest->cpu.topology.threads)
		text_addf(&text, " %ux%ux%u", guest->cpu.topology.sockets,
			  guest->cpu.topology.cores, guest->cpu.topology.threads);
	return text.at;
}

/* Describes and plans: the faults of the guests, a line each. */
static const char *planned(struct lab *lab, const char *yaml)
{
	struct text text = text_of(lab->arena);

	text_add(&text, lab_describe(lab, yaml));
	if (text.size)
		return text.at;
	LINES_EACH(line, lab->arena, lab_plan(lab))
	if (strchr("123456789", *line))
		text_addf(&text, "%s\n", line);
	return text.at;
}

static bool guests_differ(struct lab *lab)
{
	EACH(each, &lab->plan.items) {
		const struct plan_item *item = *each;
		if (string_starts(item->path, "guests.") && item->differs.count)
			return true;
	}
	return false;
}

/* With what a running guest takes on at its next start. */
static void settled(struct lab *lab)
{
	lab_perform(lab);
	DESIRED_EACH(item, &lab->desired, "guests")
		lab_put(lab, arena_printf(lab->arena, "libvirt/domains/%s.live.xml", item->name),
			lab_get(lab,
				arena_printf(lab->arena, "libvirt/domains/%s.xml", item->name)));
	lab_plan(lab);
	assert_false(guests_differ(lab));
}

/* ---- one guest on many machines ---- */

static const struct machine_case {
	const char *name;
	struct layout layout;
	const char *yaml, *place; /* of guest a */
} machines[] = {
	{ "4 CPUs, no threads",
	  { .nodes = { "0-3" }, .cores = 4, .sockets = 1, .threads = 1 },
	  "guests: {a: {vcpus: {count: 2, pin: auto}}}\n",
	  "1 2 / 0" },
	{ "4 CPUs, 2 cores",
	  { .nodes = { "0-3" }, .cores = 2, .sockets = 1, .threads = 2 },
	  "guests: {a: {vcpus: {count: 2, pin: auto}}}\n",
	  "1 3 / 0,2 1x1x2" },
	{ "siblings side by side (AMD's numbering)",
	  { .nodes = { "0-15" }, .cores = 8, .sockets = 1, .threads = 2, .adjacent = true },
	  "guests: {a: {vcpus: {count: 4, pin: auto}}}\n",
	  "2 3 4 5 / 0-1 1x2x2" },
	{ "one core",
	  { .nodes = { "0-1" }, .cores = 1, .sockets = 1, .threads = 2 },
	  "guests: {a: {vcpus: {pin: auto}}}\n",
	  "1 / 0" },
	{ "an odd vCPU has a core to itself",
	  { .nodes = { "0-7" }, .cores = 4, .sockets = 1, .threads = 2 },
	  "guests: {a: {vcpus: {count: 3, pin: auto}}}\n",
	  "1 5 2 / 0,4" },
	{ "sockets that are numbered in turn",
	  { .nodes = { "0-7" }, .cores = 8, .sockets = 2, .threads = 1, .in_turn = true },
	  "guests: {a: {vcpus: {count: 3, pin: auto}}}\n",
	  "2 4 6 / 0" },
	{ "room for those it can be given later",
	  { .nodes = { "0-15" }, .cores = 8, .sockets = 1, .threads = 2 },
	  "guests: {a: {vcpus: {count: 2, max: 4, pin: auto}, iothreads: 2}}\n",
	  "1 9 2 10 / 0,8 io 0,8 0,8 1x2x2" },
	{ "two sockets", two_sockets, "guests: {a: {vcpus: {count: 4, pin: auto}}}\n",
	  "1 9 2 10 / 0,8 node 0 1x2x2" },
	{ "what is said stays", two_sockets,
	  "guests: {a: {vcpus: {count: 4, pin: auto, emulator: 7}, memory: {size: 1GiB, node: 1}, "
	  "cpu: {topology: {sockets: 4, cores: 1, threads: 1}}}}\n",
	  "5 13 6 14 / 7 node 1 4x1x1" },
	{ "more than a node has: as few nodes as hold it, memory from wherever", two_sockets,
	  "guests: {a: {vcpus: {count: 8, pin: auto}}}\n", "1 9 2 10 3 11 5 13 / 0,4,8,12 1x4x2" },
	{ "those set apart, the host has the others", two_sockets,
	  "cpu: {isolated: \"6-7,14-15\"}\nguests: {a: {vcpus: {count: 4, pin: auto}}}\n",
	  "6 14 7 15 / 4-5,12-13 node 1 1x2x2" },
	{ "those set apart by the kernel",
	  { .nodes = { "0-3,8-11", "4-7,12-15" },
	    .cores = 8,
	    .sockets = 2,
	    .threads = 2,
	    .isolated = "3,11" },
	  "guests: {a: {vcpus: {count: 2, pin: auto}}}\n",
	  "3 11 / 0-2,8-10 node 0 1x1x2" },
	{ "set apart are too few: the rest from cores of the same node", two_sockets,
	  "cpu: {isolated: \"7,15\"}\nguests: {a: {vcpus: {count: 4, pin: auto}}}\n",
	  "7 15 5 13 / 4-6,12-14 node 1 1x2x2" },
	{ "8 nodes of 2 cores",
	  { .nodes = { "0-1", "2-3", "4-5", "6-7", "8-9", "10-11", "12-13", "14-15" },
	    .cores = 16,
	    .sockets = 8,
	    .threads = 1 },
	  "guests: {a: {vcpus: {count: 2, pin: auto}}}\n",
	  "2 3 / 0 node 1" },
	{ "a processor of a core is off",
	  { .nodes = { "0-7" }, .cores = 4, .sockets = 1, .threads = 2, .off = "5" },
	  "guests: {a: {vcpus: {count: 3, pin: auto}}}\n",
	  "1 2 6 / 0,4" },
	{ "threads are to go off",
	  { .nodes = { "0-7" }, .cores = 4, .sockets = 1, .threads = 2 },
	  "cpu: {smt: false}\nguests: {a: {vcpus: {count: 2, pin: auto}}}\n",
	  "1 2 / 0" },
	{ "large and small cores",
	  { .nodes = { "0-11" },
	    .cores = 4,
	    .sockets = 1,
	    .threads = 2,
	    .adjacent = true,
	    .efficient = 4 },
	  "guests: {a: {vcpus: {count: 8, pin: auto}}}\n",
	  "2 3 4 5 6 7 8 9 / 0-1" },
	{ "a node that is memory alone",
	  { .nodes = { "0-3", "" }, .cores = 4, .sockets = 1, .threads = 1 },
	  "guests: {a: {vcpus: {count: 2, pin: auto}}}\n",
	  "1 2 / 0 node 0" },
	{ "firmware that gives each node all processors",
	  { .nodes = { "0-3", "0-3" }, .cores = 4, .sockets = 1, .threads = 1 },
	  "guests: {a: {vcpus: {count: 2, pin: auto}}}\n",
	  "1 2 / 0" },
	{ "memory that a node has not is taken from everywhere",
	  { .nodes = { "0-3", "4-7" }, .cores = 8, .sockets = 2, .threads = 1, .mib = 1024 },
	  "guests: {a: {vcpus: {count: 2, pin: auto}, memory: 4GiB}}\n",
	  "1 2 / 0" },
	{ "a slice of some CPUs", /* M12 */
	  two_sockets,
	  "slices: {gold: {cpu_set: \"4-6,12-14\"}}\n"
	  "guests: {a: {vcpus: {count: 2, pin: auto}, slice: gold}}\n",
	  "5 13 / 4,12 node 1 1x1x2" },
	{ "a slice of nothing but CPUs set apart", two_sockets,
	  "cpu: {isolated: \"4-6,12-14\"}\nslices: {gold: {cpu_set: \"5-6,13-14\"}}\n"
	  "guests: {a: {vcpus: {count: 2, pin: auto}, slice: gold}}\n",
	  "5 13 / 6,14 node 1 1x1x2" },
	{ "pages that lie on one node", two_sockets,
	  "memory: {hugepages: {2MiB: {nodes: {1: 1024}}}}\n"
	  "guests: {a: {vcpus: {count: 2, pin: auto}, memory: {size: 2GiB, page_size: 2MiB}}}\n",
	  "5 13 / 4,12 node 1 1x1x2" },
};

static void a_guest_finds_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(machines); i++) {
		struct lab *lab = NULL;
		lab_setup((void **)&lab);
		machine(lab, &machines[i].layout);
		const char *faults = planned(lab, machines[i].yaml);
		const char *place = place_of(lab, "a");
		if (*faults || strcmp(place, machines[i].place) != 0)
			fail_msg("%s: %s%s, not %s", machines[i].name, faults, place,
				 machines[i].place);
		settled(lab);
		if (strcmp(place_of(lab, "a"), machines[i].place) != 0)
			fail_msg("%s: moved to %s", machines[i].name, place_of(lab, "a"));
		lab_teardown((void **)&lab);
	}
}

/* ---- several ---- */

#define A "  a: {vcpus: {count: 2, pin: auto}}\n"
#define B "  b: {vcpus: {count: 4, pin: auto}}\n"
#define C "  c: {vcpus: {count: 4, pin: auto}}\n"

/* Spread over the nodes; nobody moves when others come before them or go. */
static void nobody_moves_for_another(void **state)
{
	struct lab *lab = *state;

	machine(lab, &two_sockets);
	assert_string_equal(planned(lab, "guests:\n" B C), "");
	assert_string_equal(place_of(lab, "b"), "1 9 2 10 / 0,8 node 0 1x2x2");
	assert_string_equal(place_of(lab, "c"), "5 13 6 14 / 4,12 node 1 1x2x2");
	settled(lab);
	assert_string_equal(planned(lab, "guests:\n" A B C), "");
	assert_int_equal(plan_find(&lab->plan, "guests.b")->differs.count, 0);
	assert_int_equal(plan_find(&lab->plan, "guests.c")->differs.count, 0);
	assert_string_equal(place_of(lab, "a"), "3 11 / 0,8 node 0 1x1x2");
	settled(lab);
	assert_string_equal(planned(lab, "guests:\n" A C), "");
	assert_int_equal(plan_find(&lab->plan, "guests.a")->differs.count, 0);
	assert_int_equal(plan_find(&lab->plan, "guests.c")->differs.count, 0);
	settled(lab);
	/* What is set apart later is for those who come later. */
	assert_string_equal(planned(lab, "cpu: {isolated: \"2,10\"}\nguests:\n" A C
					 "  d: {vcpus: {count: 2, pin: auto}}\n"),
			    "");
	assert_string_equal(place_of(lab, "d"), "2 10 / 0-1,3,8-9,11 node 0 1x1x2");
	assert_string_equal(place_of(lab, "c"), "5 13 6 14 / 4-7,12-15 node 1 1x2x2");
}

/* Sharing a core would be worse than no pin at all. */
static void who_finds_no_room_is_told_how_much_there_is(void **state)
{
	struct lab *lab = *state;

	machine(lab, &two_sockets);
	assert_string_equal(planned(lab, "guests:\n" A B C "  d: {vcpus: {count: 4, pin: auto}}\n"),
			    "6:30: too few CPUs are left: it wants 4 to itself, and of 16 the host "
			    "keeps 4, 10 are in cores of other guests, 2 are free\n");
	assert_non_null(plan_find(&lab->plan, "guests.d")->blocked);
	assert_int_equal(lab->plan.blocked, 1);
	lab_perform(lab);
	assert_string_equal(
		planned(lab, "slices: {gold: {cpu_set: 0-3}}\n"
			     "guests: {a: {vcpus: {count: 4, pin: auto}, slice: gold}}\n"),
		"3:37: too few CPUs are left: it wants 4 to itself, and of 4 in its slice "
		"the host keeps 1, 0 are in cores of other guests, 3 are free\n");
	assert_string_equal(
		planned(lab,
			"guests: {a: {vcpus: {count: 8, pin: auto}, memory: {size: 1GiB, node: "
			"1}}}\n"),
		"2:37: too few CPUs are left: it wants 8 to itself, and of 16 the host keeps 4, 0 "
		"are in cores of other guests, 12 are free, not all on its memory's node\n");
}

/* Said by a person, in libvirt's own words, or by somebody else. */
static void pins_of_others_are_left_to_them(void **state)
{
	struct lab *lab = *state;

	machine(lab, &two_sockets);
	lab_put(lab, "libvirt/domains/x.xml",
		"<domain type='kvm'><name>x</name><memory>1048576</memory><vcpu>1</vcpu>"
		"<os><type>hvm</type></os>"
		"<cputune><vcpupin vcpu='0' cpuset='3'/></cputune></domain>");
	lab_json(lab, "libvirt/domains.json", "x", node_map(lab->arena));
	assert_string_equal(planned(lab, "guests:\n"
					 "  e: {vcpus: {count: 1, pin: {0: 10}}}\n"
					 "  f: {vcpus: {count: 2, cpu_set: 0-15}}\n" A),
			    "");
	assert_string_equal(place_of(lab, "a"), "5 13 / 4,12 node 1 1x1x2");
	settled(lab);
	/* a person's word counts more than where it is */
	assert_string_equal(
		planned(lab, "guests:\n" A "  e: {vcpus: {count: 2, pin: {0: 13, 1: 6}}}\n"), "");
	assert_string_equal(place_of(lab, "a"), "7 15 / 4,12 node 1 1x1x2");
	settled(lab);
}

/* The ledger remembers where it was put; without one, the machine does. */
static void one_that_was_moved_by_hand_goes_back(void **state)
{
	struct lab *lab = *state;
	static const char xml[] = "libvirt/domains/a.xml";

	machine(lab, &two_sockets);
	planned(lab, "guests:\n" A);
	settled(lab);
	char *moved = arena_strdup(lab->arena, lab_get(lab, xml));
	memcpy(strstr(moved, "vcpu=\"0\" cpuset=\"1\""), "vcpu=\"0\" cpuset=\"6\"", 19);
	lab_put(lab, xml, moved);
	planned(lab, "guests:\n" C A);
	assert_string_equal(lab_differs(lab, "guests.a"), "vcpus.pin.0.cpu_set: 6 -> 1\n");
	assert_string_equal(place_of(lab, "c"), "2 10 3 11 / 0,8 node 0 1x2x2");
	lab->ledger.list.count = 0;
	planned(lab, "guests:\n" A);
	assert_string_equal(place_of(lab, "a"), "6 9 / 0,4,8,12 node 0");
}

/* More vCPUs: those it has stay in front, its node is left only where it must be. */
static void one_that_grows_stays_near(void **state)
{
	struct lab *lab = *state;

	machine(lab, &two_sockets);
	planned(lab, "guests:\n" B A);
	assert_string_equal(place_of(lab, "a"), "5 13 / 4,12 node 1 1x1x2");
	settled(lab);
	planned(lab, "guests:\n" B "  a: {vcpus: {count: 4, pin: auto}}\n");
	assert_string_equal(place_of(lab, "a"), "5 13 6 14 / 4,12 node 1 1x2x2");
	settled(lab);
	planned(lab, "guests:\n" B "  a: {vcpus: {count: 1, pin: auto}}\n");
	assert_string_equal(place_of(lab, "a"), "5 / 4,12 node 1");
	settled(lab);
}

static void a_hundred_guests_are_placed_and_stay(void **state)
{
	struct lab *lab = *state;
	static const struct layout large = {
		.nodes = { "0-31,64-95", "32-63,96-127" },
		.cores = 64,
		.sockets = 2,
		.threads = 2,
	};

	machine(lab, &large);
	assert_string_equal(planned(lab, "profiles: {p: {vcpus: {count: 2, pin: auto}}}\n"
					 "guests: {w: {profile: p, count: 62, memory: 64MiB}}\n"),
			    "");
	assert_string_equal(place_of(lab, "w-1"), "1 65 / 0,64 node 0 1x1x2");
	assert_string_equal(place_of(lab, "w-62"), "63 127 / 32,96 node 1 1x1x2");
	settled(lab);
}

/* ---- the language ---- */

static void the_word_and_the_map_take_each_other_s_place(void **state)
{
	struct lab *lab = *state;

	machine(lab, &two_sockets);
	assert_string_equal(planned(lab, "profiles: {p: {vcpus: {count: 2, pin: auto}}}\n"
					 "guests: {a: {profile: p, vcpus: {pin: {0: 2, 1: 3}}}}\n"),
			    "");
	assert_string_equal(place_of(lab, "a"), "2 3 / ");
	assert_string_equal(planned(lab, "guests: {a: {vcpus: {pin: most}}}\n"),
			    "2:27: expected a mapping, each key one line of text, or auto, found "
			    "\"most\"\n");
	assert_string_equal(planned(lab, "guests: {a: {vcpus: {pin: auto, cpu_set: 1-3}}}\n"),
			    "2:42: pin: auto chooses among all CPUs: either that, or cpu_set\n");
	/* said as it was, whatever the machine made of it */
	lab_describe(lab, "guests: {a: {vcpus: {count: 2, pin: auto}}}\n");
	const struct node *shown = desired_print(lab->arena, &lab->desired, false);
	assert_string_equal(node_text(node_find(shown, "guests.a.vcpus"), "pin"), "auto");
}

static void an_amd_guest_is_told_of_threads(void **state)
{
	struct lab *lab = *state;
	static const char yaml[] = "guests: {a: {vcpus: {count: 2, pin: auto}}}\n";

	machine(lab, &two_sockets);
	planned(lab, yaml);
	lab_perform(lab);
	assert_null(strstr(lab_get(lab, "libvirt/domains/a.xml"), "topoext"));
	lab_put(lab, "fs/proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu svm topoext abm\n\n");
	assert_string_equal(planned(lab, yaml), "");
	settled(lab);
	assert_non_null(strstr(lab_get(lab, "libvirt/domains/a.xml"),
			       "<feature name=\"topoext\" policy=\"require\"/>"));
	planned(lab, "guests: {a: {vcpus: {count: 2, pin: auto}, cpu: EPYC}}\n");
	settled(lab);
	assert_null(strstr(lab_get(lab, "libvirt/domains/a.xml"), "topoext"));
}

/* No longer said: it runs anywhere again, and nothing of the choice is left. */
static void a_choice_is_taken_back(void **state)
{
	struct lab *lab = *state;

	machine(lab, &two_sockets);
	planned(lab, "guests: {a: {vcpus: {count: 2, pin: auto}, iothreads: 1}}\n");
	lab_perform(lab);
	assert_non_null(strstr(lab_get(lab, "libvirt/domains/a.xml"), "vcpupin"));
	planned(lab, "guests: {a: {vcpus: 2, iothreads: 1}}\n");
	lab_perform(lab);
	const char *xml = lab_get(lab, "libvirt/domains/a.xml");
	static const char *const gone[] = { "vcpupin", "emulatorpin", "iothreadpin", "numatune",
					    "topology" };
	for (size_t i = 0; i < COUNT_OF(gone); i++)
		if (strstr(xml, gone[i]))
			fail_msg("%s in %s", gone[i], strstr(xml, gone[i]) - 30);
}

static void a_machine_that_does_not_tell_is_no_place(void **state)
{
	struct lab *lab = *state;

	machine(lab, &two_sockets);
	remove(lab_path(lab, "fs/sys/devices/system/cpu/online"));
	assert_string_equal(planned(lab, "guests: {a: {vcpus: {pin: auto}}}\n"),
			    "2:27: this machine does not tell which processors it has\n");
}

static void could_not_look_is_not_absent(void **state)
{
	struct lab *lab = *state;

	machine(lab, &two_sockets);
	lab_put(lab, "failing", "/sys/devices/system/cpu/online\n");
	planned(lab, "guests: {a: {vcpus: {pin: auto}}}\n");
	assert_string_equal(plan_find(&lab->plan, "guests.a")->blocked, "could not look");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_guest_finds_its_place),
		LAB_TEST(nobody_moves_for_another),
		LAB_TEST(who_finds_no_room_is_told_how_much_there_is),
		LAB_TEST(pins_of_others_are_left_to_them),
		LAB_TEST(one_that_was_moved_by_hand_goes_back),
		LAB_TEST(one_that_grows_stays_near),
		LAB_TEST(a_hundred_guests_are_placed_and_stay),
		LAB_TEST(the_word_and_the_map_take_each_other_s_place),
		LAB_TEST(an_amd_guest_is_told_of_threads),
		LAB_TEST(a_choice_is_taken_back),
		LAB_TEST(a_machine_that_does_not_tell_is_no_place),
		LAB_TEST(could_not_look_is_not_absent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
