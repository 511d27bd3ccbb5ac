/* Swap: files of ours, devices that are empty, and nothing else. */
#include "live_help.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <unistd.h>

#include "host/write/exec.h"

#define MIB "1048576"
#define TWO "2097152"

static void a_file_is_made_and_taken_away(void **state)
{
	struct live_test *test = *state;
	const char *path = live_path(test, "made/on/the/way");
	struct step step = live_step(VERB_swap_make, NULL, path, MIB, "host.swap.main");

	live_law(test, &step);
	assert_false(live_exists(live_path(test, "made")));
	assert_int_equal(live_do(test, &step), RESULT_DONE);
	struct host_file file = {};
	assert_int_equal(host_stat(test->host, path, &file, &test->faults), 1);
	assert_int_equal(file.mode, 0600);
	assert_int_equal(file.size, 1 << 20);
	struct step removal = live_step(VERB_swap_remove, NULL, path);
	assert_int_equal(live_inverse(test, &removal).verb, VERB_swap_make);
	live_law(test, &removal);
}

/* The kernel has the last word on whether it is swap. */
static void the_kernel_takes_it_as_swap(void **state)
{
	struct live_test *test = *state;
	const char *path = live_path(test, "swap");
	struct step step = live_step(VERB_swap_make, NULL, path, MIB, "host.swap.main");

	assert_int_equal(live_do(test, &step), RESULT_DONE);
	if (swapon(path, 0) < 0) {
		print_message("skipped: swapon says \"%s\" here\n", strerror(errno));
		skip();
	}
	assert_int_equal(swapoff(path), 0);
}

static void one_of_another_size_is_replaced(void **state)
{
	struct live_test *test = *state;
	const char *path = live_path(test, "swap");
	struct step small = live_step(VERB_swap_make, NULL, path, MIB, "host.swap.main");
	struct step large = live_step(VERB_swap_make, NULL, path, TWO, "host.swap.main");
	struct host_file file = {};

	assert_int_equal(live_do(test, &small), RESULT_DONE);
	assert_string_equal(live_inverse(test, &large).argument[1], MIB);
	live_law(test, &large);
	assert_int_equal(live_do(test, &large), RESULT_DONE);
	assert_int_equal(host_stat(test->host, path, &file, &test->faults), 1);
	assert_int_equal(file.size, 2 << 20);
}

static void what_is_not_ours_is_not_formatted(void **state)
{
	struct live_test *test = *state;
	const char *path = live_path(test, "precious");
	struct step step = live_step(VERB_swap_make, NULL, path, MIB, "host.swap.main");
	struct step removal = live_step(VERB_swap_remove, NULL, path);

	live_put(path, "data\n", 5);
	assert_non_null(strstr(live_try(test, &step), "is no swap file of ours"));
	assert_non_null(strstr(live_try(test, &removal), "is no swap file of ours"));
	assert_string_equal(live_get(test, path, NULL), "data\n");
	/* another item's is not ours to make anew either */
	struct step other =
		live_step(VERB_swap_make, NULL, live_path(test, "other"), MIB, "host.swap.other");
	assert_int_equal(live_do(test, &other), RESULT_DONE);
	step = live_step(VERB_swap_make, NULL, live_path(test, "other"), TWO, "host.swap.main");
	assert_non_null(strstr(live_try(test, &step), "is no swap file of ours"));
}

/* A loop device over a file; NULL where there are none. */
static const char *loop_of(struct live_test *test, const char *file)
{
	const char *const argv[] = { "losetup", "--find", "--show", file, NULL };
	const char *name = NULL;
	struct faults unheard;

	faults_init(&unheard, test->arena);
	if (exec_run(test->arena, &(struct exec){ .argv = argv }, &name, &unheard) < 0)
		return NULL;
	return arena_strndup(test->arena, name, strcspn(name, "\n"));
}

static void loop_release(struct live_test *test, const char *loop)
{
	const char *const argv[] = { "losetup", "--detach", loop, NULL };

	assert_int_equal(exec_run(test->arena, &(struct exec){ .argv = argv }, NULL, &test->faults),
			 0);
}

static void only_an_empty_device_is_formatted(void **state)
{
	struct live_test *test = *state;
	const char *file = live_path(test, "disk");
	char *zeros = calloc(1, 4 << 20);
	struct outcome outcome = {};

	live_put(file, zeros, 4 << 20);
	const char *loop = loop_of(test, file);
	if (!loop) {
		free(zeros);
		print_message("skipped: there are no loop devices\n");
		skip();
	}
	struct step step = live_step(VERB_swap_format, NULL, loop);
	assert_int_equal(live_do(test, &step), RESULT_DONE);
	assert_int_equal(live_do(test, &step), RESULT_SAME);
	loop_release(test, loop);

	/* The last bytes, where some RAIDs keep their signature; and where VMFS begins. */
	static const size_t places[] = { (4 << 20) - 7, 1 << 20 };
	for (size_t i = 0; i < COUNT_OF(places); i++) {
		zeros[places[i]] = 'x';
		live_put(file, zeros, 4 << 20);
		zeros[places[i]] = 0;
		loop = loop_of(test, file);
		assert_non_null(loop);
		step = live_step(VERB_swap_format, NULL, loop);
		int done = test->performer->perform(test->performer, test->arena, &step, NULL,
						    &outcome, &test->faults);
		loop_release(test, loop);
		assert_int_equal(done, 0);
		assert_int_equal(outcome.result, RESULT_REFUSED);
		assert_non_null(strstr(outcome.waits_for, "holds something"));
	}
	free(zeros);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(a_file_is_made_and_taken_away),
		LIVE_TEST(the_kernel_takes_it_as_swap),
		LIVE_TEST(one_of_another_size_is_replaced),
		LIVE_TEST(what_is_not_ours_is_not_formatted),
		LIVE_TEST(only_an_empty_device_is_formatted),
	};

	live_unshare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
