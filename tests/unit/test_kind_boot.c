/* kinds: kernel.args and boot; formats/cmdline. */
#include "kinds_help.h"

#include "formats/cmdline.h"
#include "kinds/kernel_args.h"

/* ---- the line ---- */

static const char *words_of(struct arena *arena, const char *line)
{
	struct cmdline words;
	struct text text = text_of(arena);

	cmdline_parse(arena, line, &words);
	EACH(word, &words.list)
		text_addf(&text, "%s|%s\n", word->name, word->value ? word->value : "(bare)");
	return text.at;
}

/* next_arg of the kernel's lib/cmdline.c, quotes and all. */
static void a_line_is_read_as_the_kernel_does(void **state)
{
	struct arena *arena = ((struct lab *)*state)->arena;

	assert_string_equal(words_of(arena, " ro  a-b=c\tquiet\n"),
			    "ro|(bare)\na_b|c\nquiet|(bare)\n");
	assert_string_equal(words_of(arena, "x=\"b c\" \"d=e f\" g=\"h\"i"),
			    "x|b c\nd|e f\ng|h\"i\n");
	assert_string_equal(words_of(arena, "a= =b \"\" c=d=e"), "a|\n=b|(bare)\n|(bare)\nc|d=e\n");
	assert_string_equal(words_of(arena, "a=\"never closed b"), "a|never closed b\n");
	assert_string_equal(words_of(arena, "a -- b c=d"),
			    "a|(bare)\n--|(bare)\n--|(bare)\n--|(bare)\n");
}

static const char *with(struct arena *arena, const char *line, const char *word)
{
	struct cmdline words;

	cmdline_parse(arena, line, &words);
	cmdline_add(arena, &words, word);
	return cmdline_print(arena, &words);
}

static void a_word_is_added_where_it_counts(void **state)
{
	struct arena *arena = ((struct lab *)*state)->arena;

	assert_string_equal(with(arena, "a  b", "c=d"), "a b c=d");
	assert_string_equal(with(arena, "a -- b", "c=d"), "a c=d -- b");
	assert_string_equal(with(arena, "a b=\"open", "c=d"), "a c=d b=\"open");
}

/* B11, D3: each size and its count are one thing. */
static void a_size_and_its_pages_are_one_argument(void **state)
{
	struct arena *arena = ((struct lab *)*state)->arena;

	assert_string_equal(words_of(arena, "hugepages=1 hugepagesz=1G hugepages=4 hugepagesz=2M "
					    "x hugepages=3"),
			    "hugepages|1\nhugepagesz|1G hugepages=4\nhugepagesz|2M\nx|(bare)\n"
			    "hugepages|3\n");
	assert_string_equal(cmdline_word(arena, "hugepagesz", "1G hugepages=4"),
			    "hugepagesz=1G hugepages=4");
	assert_string_equal(cmdline_word(arena, "dyndbg", "file a.c +p"), "dyndbg=\"file a.c +p\"");
	assert_true(cmdline_same("a-b=\"c\"", "a_b=c"));
	assert_false(cmdline_same("a=b", "a"));
}

/* ---- what is said ---- */

static const char *line_of(struct lab *lab, const char *yaml)
{
	struct text text = text_of(lab->arena);
	struct view view = { &lab->desired, NULL };
	const char *wrong = lab_describe(lab, yaml);

	if (*wrong)
		return wrong;
	const struct item *boot = desired_find(&lab->desired, "boot", "");
	if (!boot)
		return "";
	assert_int_equal(boot->kind->render(boot, &view, &text, &lab->faults), 0);
	return text.at;
}

/* B7, B14 */
static void arguments_become_a_line(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(line_of(lab, "kernel: {args: {mitigations: auto, nosmt: true, "
					 "console: [tty0, ttyS0], dyndbg: \"file a.c +p\"}}\n"),
			    "mitigations=auto nosmt console=tty0 console=ttyS0 "
			    "dyndbg=\"file a.c +p\"\n");
	assert_string_equal(line_of(lab, ""), "");
}

static void arguments_that_no_line_can_hold_are_faults(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(line_of(lab, "kernel: {args: {nosmt: false}}\n"),
			    "2:24: an argument of the kernel cannot be false\n");
	assert_string_equal(line_of(lab, "kernel: {args: {a: 'b\"c'}}\n"),
			    "2:20: the kernel's command line cannot hold a double quote\n");
	assert_string_equal(line_of(lab, "kernel: {args: {\"a b\": c}}\n"),
			    "2:17: \"a b\" cannot be the name of an argument of the kernel\n");
	assert_string_equal(line_of(lab, "kernel: {args: {gasthof.trial: 7}}\n"),
			    "2:17: gasthof.trial is gasthof's own argument\n");
	assert_string_equal(line_of(lab, "kernel: {args: {a: []}}\n"), "2:20: the list is empty\n");
	assert_string_equal(line_of(lab, "kernel:\n  args: {a-b: 1, a_b: 2}\n"),
			    "3:18: \"a_b\" and \"a-b\" are one argument\n");
}

/* ---- what other kinds say ---- */

static void two_writers_of_one_argument_are_a_fault(void **state)
{
	struct lab *lab = *state;

	assert_string_equal(lab_describe(lab, "host: {name: a}\nmemory: {hugepages: {2MiB: 1}}\n"),
			    "");
	struct item *one = desired_find(&lab->desired, "host", "");
	struct item *two = desired_find(&lab->desired, "memory.hugepages", "2MiB");
	kernel_args_imply(&lab->desired, one, "name", "isolcpus", "2-3", &lab->faults);
	kernel_args_imply(&lab->desired, two, "count", "isolcpus", "2-3", &lab->faults);
	assert_string_equal(lab_faults(lab), "");
	kernel_args_imply(&lab->desired, two, "count", "isolcpus", "2-5", &lab->faults);
	assert_int_equal(lab->faults.first->also.line, 2);
	assert_string_equal(
		lab_faults(lab),
		"3:28: memory.hugepages.2MiB wants isolcpus=2-5 on the kernel's command "
		"line, host.name wants isolcpus=2-3\n");
}

static void an_argument_may_have_several_writers(void **state)
{
	struct lab *lab = *state;
	struct text text = text_of(lab->arena);

	assert_string_equal(
		lab_describe(lab, "memory: {hugepages: {2MiB: 1, 1GiB: {count: 1, how: now}}}\n"),
		"");
	struct item *small = desired_find(&lab->desired, "memory.hugepages", "2MiB");
	struct item *large = desired_find(&lab->desired, "memory.hugepages", "1GiB");
	kernel_args_append(&lab->desired, large, NULL, "hugepagesz", "1G hugepages=4",
			   &lab->faults);
	kernel_args_append(&lab->desired, small, NULL, "hugepagesz", "2M hugepages=9",
			   &lab->faults);
	kernel_args_append(&lab->desired, small, NULL, "hugepagesz", "2M hugepages=9",
			   &lab->faults);
	assert_string_equal(lab_faults(lab), "");
	struct item *boot = desired_find(&lab->desired, "boot", "");
	assert_int_equal(boot->kind->render(boot, NULL, &text, &lab->faults), 0);
	assert_string_equal(text.at, "hugepagesz=1G hugepages=4 hugepagesz=2M hugepages=9\n");
	kernel_args_imply(&lab->desired, small, NULL, "hugepagesz", "2M", &lab->faults);
	assert_string_equal(
		lab_faults(lab),
		"2:22: memory.hugepages.2MiB wants hugepagesz=2M on the kernel's command "
		"line, memory.hugepages.1GiB wants hugepagesz=1G hugepages=4\n");
}

/* ---- the machine ---- */

static void words_of_others_are_left_alone(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, "fs/proc/cmdline",
		"root=/dev/vda2 ro mitigations=off console=ttyS0 hugepagesz=1G hugepages=4 "
		"quiet\n");
	assert_string_equal(lab_describe(lab, "kernel: {args: {mitigations: \"off\", ro: true, "
					      "hugepagesz: 1G hugepages=4}}\n"),
			    "");
	assert_string_equal(lab_plan(lab), "");
	lab_perform(lab);
	lab_describe(lab, "kernel: {args: {ro: true}}\n");
	assert_non_null(strstr(lab_plan(lab), "the kernel's command line lacks -mitigations=off "
					      "-hugepagesz=1G hugepages=4\n"));
}

static void a_line_that_nobody_can_change_is_shown(void **state)
{
	struct lab *lab = *state;

	lab_put(lab, "fs/proc/cmdline", "root=/dev/vda2 mitigations=off -- one\n");
	assert_string_equal(lab_describe(lab, "kernel: {args: {mitigations: auto}}\n"), "");
	assert_string_equal(lab_plan(lab),
			    "nothing that boots this machine is known to gasthof, and "
			    "the kernel's command line lacks +mitigations=auto\n");
	assert_string_equal(
		lab_differs(lab, "boot"),
		"arguments.mitigations.words: [mitigations=off] -> [mitigations=auto]\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, lab_setup, lab_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_is_read_as_the_kernel_does),
		TEST(a_word_is_added_where_it_counts),
		TEST(a_size_and_its_pages_are_one_argument),
		TEST(arguments_become_a_line),
		TEST(arguments_that_no_line_can_hold_are_faults),
		TEST(two_writers_of_one_argument_are_a_fault),
		TEST(an_argument_may_have_several_writers),
		TEST(words_of_others_are_left_alone),
		TEST(a_line_that_nobody_can_change_is_shown),
	};

	return cmocka_run_group_tests_name("boot", tests, NULL, NULL);
}
