/* report: which guest has which processors, drawn with a plan that changes it (A25, A26, C22). */
#include "topology_help.h"

#include "journal/journal.h"
#include "report/report.h"
#include "resource/chart.h"

#define LAB_TEST(test) cmocka_unit_test_setup_teardown(test, lab_setup, lab_teardown)

static const struct layout four = {
	.nodes = { "0-3" },
	.cores = 2,
	.sockets = 1,
	.threads = 2,
};

static void machine(struct lab *lab, const struct layout *layout)
{
	layout_machine(lab, layout, 268435456);
}

typedef void printer(const struct reporter *, const struct lab *);

static void print_plan(const struct reporter *reporter, const struct lab *lab)
{
	output_text.plan(reporter, &lab->plan);
}

static void print_json(const struct reporter *reporter, const struct lab *lab)
{
	output_json.plan(reporter, &lab->plan);
}

static void print_status(const struct reporter *reporter, const struct lab *lab)
{
	struct recorded_runs runs = {};

	output_text.status(reporter, &lab->plan, &runs);
}

static const char *printed(struct lab *lab, printer *print)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	struct reporter reporter = { .out = out, .err = out, .arena = lab->arena };

	assert_non_null(out);
	print(&reporter, lab);
	fclose(out);
	const char *copy = arena_strdup(lab->arena, text);
	free(text);
	return copy;
}

/* The drawing alone. */
static const char *drawn(struct lab *lab, const char *yaml)
{
	assert_string_equal(lab_describe(lab, yaml), "");
	lab_plan(lab);
	const char *whole = printed(lab, print_plan), *start = strstr(whole, "CPUs of guests");

	if (!start)
		return "";
	const char *end = strstr(start, "to change");
	while (end > start && end[-1] != '\n')
		end--;
	return arena_strndup(lab->arena, start, end ? (size_t)(end - start) : strlen(start));
}

static void a_small_machine(void **state)
{
	struct lab *lab = *state;

	machine(lab, &four);
	assert_string_equal(drawn(lab, "guests: {web: {vcpus: {count: 1, pin: auto}}}\n"),
			    "CPUs of guests, the threads of a core together\n"
			    "    socket 0  0-3  == a_\n"
			    "    a web  _ idle beside a guest  = the host's\n");
}

/* Sockets of 32 cores of two threads: 16 cores a line. */
static void a_large_machine(void **state)
{
	struct lab *lab = *state;
	static const struct layout large = {
		.nodes = { "0-31,64-95", "32-63,96-127" },
		.cores = 64,
		.sockets = 2,
		.threads = 2,
	};

	machine(lab, &large);
	assert_string_equal(drawn(lab, "cpu: {isolated: \"2-31,66-95\"}\n"
				       "guests:\n"
				       "  db: {vcpus: {count: 8, pin: auto}}\n"
				       "  web: {vcpus: {count: 2, pin: auto}}\n"
				       "  own: {vcpus: {count: 2, pin: {0: 40, 1: 41}}}\n"
				       "  own-2: {vcpus: {count: 1, pin: {0: 40}}}\n"),
			    "CPUs of guests, the threads of a core together\n"
			    "    socket 0 node 0  0-15,64-79     == == aa aa aa aa bb -- -- -- -- "
			    "-- -- -- -- --\n"
			    "    socket 0 node 0  16-31,80-95    -- -- -- -- -- -- -- -- -- -- -- "
			    "-- -- -- -- --\n"
			    "    socket 1 node 1  32-47,96-111   == == == == == == == == *_ c_ == "
			    "== == == == ==\n"
			    "    socket 1 node 1  48-63,112-127  == == == == == == == == == == == "
			    "== == == == ==\n"
			    "    a db  b web  c own  d own-2  * pinned by several guests  _ idle "
			    "beside a guest\n"
			    "    - set apart, free  = the host's\n");
}

/* Neither where nothing of it changes, nor where nobody is pinned; status always draws it. */
static void it_is_drawn_when_it_changes(void **state)
{
	struct lab *lab = *state;
	static const char yaml[] = "guests: {a: {vcpus: {count: 2, pin: auto}}, b: {}}\n";

	machine(lab, &four);
	assert_string_equal(drawn(lab, "guests: {b: {}}\n"), "");
	assert_null(strstr(printed(lab, print_status), "CPUs of guests"));
	assert_string_not_equal(drawn(lab, yaml), "");
	lab_perform(lab);
	assert_string_equal(drawn(lab, yaml), "");
	assert_string_equal(
		drawn(lab, "guests: {a: {vcpus: {count: 2, pin: auto}, rng: false}, b: {}}\n"), "");
	assert_non_null(strstr(printed(lab, print_status),
			       "    socket 0  0-3  == aa\n    a a  = the host's\n"));
	/* and when a guest goes */
	lab_describe(lab, "guests: {c: {vcpus: {count: 1, pin: {0: 3}}}}\n");
	lab_plan(lab);
	assert_non_null(strstr(printed(lab, print_plan), "    socket 0  0-3  == _a\n"));
}

static void programs_get_it_as_a_tree(void **state)
{
	struct lab *lab = *state;
	struct node *root = NULL;

	machine(lab, &four);
	lab_describe(lab, "guests: {web: {vcpus: {count: 2, pin: auto}}}\n");
	lab_plan(lab);
	const char *text = printed(lab, print_json);
	assert_int_equal(json_read(lab->arena, text, strlen(text), &root, &lab->faults), 0);
	const struct node *chart = node_find(root, "charts.guests");
	const struct node *row = node_get(chart, "rows")->first;
	assert_string_equal(node_text(row, "place"), "socket 0");
	assert_string_equal(node_text(row, "parts"), "0-3");
	assert_string_equal(node_get(row, "groups")->last->text, "aa");
	assert_string_equal(node_text(node_get(chart, "keys"), "a"), "web");
}

static void there_are_signs_for_many_and_one_for_the_rest(void **state)
{
	struct lab *lab = *state;
	struct chart chart = { .arena = lab->arena };

	for (unsigned i = 0; i < 62; i++)
		assert_int_not_equal(chart_sign(&chart, arena_printf(lab->arena, "g%u", i)), '+');
	assert_int_equal(chart_sign(&chart, "g0"), 'a');
	assert_int_equal(chart_sign(&chart, "g61"), '9');
	assert_int_equal(chart_sign(&chart, "g62"), '+');
	assert_int_equal(chart_sign(&chart, "g63"), '+');
	assert_int_equal(chart.keys.count, 63);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(a_small_machine),
		LAB_TEST(a_large_machine),
		LAB_TEST(it_is_drawn_when_it_changes),
		LAB_TEST(programs_get_it_as_a_tree),
		LAB_TEST(there_are_signs_for_many_and_one_for_the_rest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
