#include "live_help.h"

#include <errno.h>
#include <ftw.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define LAYERS "/tmp/gasthof-live-layers"

static int leave_out(const char *why)
{
	printf("skipped: %s: %s\n", why, strerror(errno));
	exit(77);
}

/* A layer over a folder that takes all changes and ends with the mount namespace. */
static void cover(const char *folder, const char *name)
{
	char upper[128], work[128], options[512];

	snprintf(upper, sizeof(upper), LAYERS "/%s", name);
	snprintf(work, sizeof(work), LAYERS "/%s.work", name);
	snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s", folder, upper,
		 work);
	mkdir(upper, 0755);
	mkdir(work, 0755);
	if (mount("overlay", folder, "overlay", 0, options) < 0)
		leave_out("cannot lay a layer over a folder");
}

void live_unshare(void)
{
	if (unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS) < 0)
		leave_out("cannot have namespaces");
	mkdir(LAYERS, 0700);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("layers", LAYERS, "tmpfs", 0, NULL) < 0)
		leave_out("cannot have mounts");
	cover("/etc", "etc");
	cover("/home", "home");
	cover("/var/mail", "mail");
}

int live_setup(void **state)
{
	struct live_test *test = test_calloc(1, sizeof(*test));
	char folder[] = "/tmp/gasthof-live-XXXXXX";

	test->arena = arena_new();
	faults_init(&test->faults, test->arena);
	assert_non_null(mkdtemp(folder));
	chmod(folder, 0755);
	test->folder = arena_strdup(test->arena, folder);
	test->host = live_open(test->arena, &test->faults);
	test->performer = write_open(test->arena, &test->faults);
	assert_non_null(test->host);
	assert_non_null(test->performer);
	*state = test;
	return 0;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

int live_virt_setup(void **state, const char *uri)
{
	live_setup(state);
	struct live_test *test = *state;
	live_of(test->host)->virt.uri = uri;
	((struct write *)test->performer)->virt.uri = uri;
	/* The test driver's machine lives as long as somebody is connected: one connection. */
	virConnectPtr connection = virt_connect(&live_of(test->host)->virt, &test->faults);
	assert_non_null(connection);
	virConnectRef(connection);
	((struct write *)test->performer)->virt.connection = connection;
	return 0;
}

int live_teardown(void **state)
{
	struct live_test *test = *state;

	host_close(test->host);
	test->performer->close(test->performer);
	nftw(test->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	arena_free(test->arena);
	test_free(test);
	return 0;
}

const char *live_path(struct live_test *test, const char *name)
{
	return arena_printf(test->arena, "%s/%s", test->folder, name);
}

void live_put(const char *path, const char *bytes, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

const char *live_get(struct live_test *test, const char *path, size_t *ret_size)
{
	const char *text = NULL;
	size_t size = 0;

	assert_int_equal(host_read(test->host, path, &text, &size, &test->faults), 1);
	if (ret_size)
		*ret_size = size;
	return text;
}

bool live_exists(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

struct step live_step(enum verb verb, const char *body, ...)
{
	struct step step = { .verb = verb, .body = body, .body_size = body ? strlen(body) : 0 };
	va_list arguments;

	va_start(arguments, body);
	for (unsigned i = 0; i < verb_info(verb)->argument_count; i++)
		step.argument[i] = va_arg(arguments, const char *);
	va_end(arguments);
	return step;
}

static void no_fault(struct live_test *test, const struct step *step, int result)
{
	if (result == 0 && !test->faults.count)
		return;
	struct fault *last = fault_last(&test->faults);
	fail_msg("%s: %s", verb_info(step->verb)->name,
		 last ? last->message : "-1 without a fault");
}

enum result live_do(struct live_test *test, const struct step *step)
{
	struct outcome outcome = {};

	no_fault(test, step,
		 test->performer->perform(test->performer, test->arena, step, NULL, &outcome,
					  &test->faults));
	return outcome.result;
}

struct step live_inverse(struct live_test *test, const struct step *step)
{
	struct step inverse = {};

	no_fault(test, step,
		 test->performer->inverse(test->performer, test->arena, step, &inverse,
					  &test->faults));
	return inverse;
}

const char *live_try(struct live_test *test, const struct step *step)
{
	struct outcome outcome = {};
	unsigned before = test->faults.count;

	assert_int_equal(test->performer->perform(test->performer, test->arena, step, NULL,
						  &outcome, &test->faults),
			 -1);
	assert_true(test->faults.count > before);
	const char *message = fault_last(&test->faults)->message;
	faults_init(&test->faults, test->arena);
	return message;
}

void live_law(struct live_test *test, const struct step *step)
{
	struct step inverse = live_inverse(test, step);

	assert_int_not_equal(inverse.verb, VERB_nothing);
	assert_int_equal(live_do(test, step), RESULT_DONE);
	assert_int_equal(live_do(test, step), RESULT_SAME);
	assert_int_equal(live_inverse(test, step).verb, VERB_nothing);
	assert_int_equal(live_do(test, &inverse), RESULT_DONE);
	assert_int_equal(live_do(test, &inverse), RESULT_SAME);
}
