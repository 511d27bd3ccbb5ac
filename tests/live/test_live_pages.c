/* Pools of huge pages, played by files: what is written is read back, or is not. */
#include "live_help.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "formats/shortfall.h"

#define POOLS "/sys/kernel/mm/hugepages"
#define POOL  POOLS "/hugepages-2048kB/nr_hugepages"

static void a_pool_is_filled_and_emptied(void **state)
{
	struct live_test *test = *state;
	struct step step = live_step(VERB_pages_reserve, NULL, POOL, "512");

	live_put(POOL, "0\n", 2);
	live_law(test, &step);
	assert_string_equal(live_inverse(test, &step).argument[1], "0");
	struct step other = live_step(VERB_pages_reserve, NULL, "/etc/passwd", "1");
	assert_non_null(strstr(live_try(test, &other), "is no pool of huge pages"));
}

/* PIT33: both numbers, and a note for the next plan. */
static void fewer_pages_than_asked_for_are_told_and_noted(void **state)
{
	struct live_test *test = *state;
	struct step step = live_step(VERB_pages_reserve, NULL, POOL, "512");
	struct outcome outcome = {};
	struct shortfall shortfall = {};

	/* It takes every number and never has a page. */
	assert_int_equal(mount("/dev/null", POOL, NULL, MS_BIND, NULL), 0);
	int done = test->performer->perform(test->performer, test->arena, &step, NULL, &outcome,
					    &test->faults);
	assert_int_equal(umount(POOL), 0);
	assert_int_equal(done, 0);
	assert_int_equal(outcome.result, RESULT_REFUSED);
	assert_string_equal(outcome.waits_for, "512 pages of 2MiB were asked for, and there are 0");
	assert_true(shortfall_read(live_get(test, shortfall_path(test->arena, POOL), NULL),
				   &shortfall));
	assert_int_equal(shortfall.asked, 512);
	assert_int_equal(shortfall.reached, 0);
	assert_true(shortfall.available > 0);
}

/* In the program's own mount namespace. */
static int pools_setup(void **state)
{
	(void)state;
	assert_int_equal(mount("tmpfs", "/run", "tmpfs", 0, NULL), 0);
	assert_int_equal(mount("tmpfs", POOLS, "tmpfs", 0, NULL), 0);
	assert_int_equal(mkdir(POOLS "/hugepages-2048kB", 0755), 0);
	live_put(POOL, "0\n", 2);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIVE_TEST(a_pool_is_filled_and_emptied),
		LIVE_TEST(fewer_pages_than_asked_for_are_told_and_noted),
	};

	live_unshare();
	return cmocka_run_group_tests(tests, pools_setup, NULL);
}
