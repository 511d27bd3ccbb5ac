/* live_help.h - what the tests of host/read's live machine and host/write share.
 *
 * They run as root and change nothing that outlives them: each program has a mount, network and
 * UTS namespace of its own, with /etc, /home and /var/mail as layers that go with it.  What needs
 * systemd or libvirtd runs in a container (tests/host/test_verbs.py), and is skipped elsewhere.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "host/read/live.h"
#include "host/write/write.h"

struct live_test {
	struct arena *arena;
	struct faults faults;
	struct performer *performer;
	struct host *host;
	const char *folder; /* an empty one, removed with its files afterwards */
};

/* Namespaces of the test program's own; ends it with status 77 (skipped) where they cannot be had.
 */
void live_unshare(void);

int live_setup(void **state);
/* The same, with the libvirt at `uri`. */
int live_virt_setup(void **state, const char *uri);
int live_teardown(void **state);
#define LIVE_TEST(name) cmocka_unit_test_setup_teardown(name, live_setup, live_teardown)

/* A path in the test's folder; files there. */
const char *live_path(struct live_test *test, const char *name);
void live_put(const char *path, const char *bytes, size_t size);
const char *live_get(struct live_test *test, const char *path, size_t *ret_size);
bool live_exists(const char *path);

/* A step; after `body`, as many strings as the verb has arguments. */
struct step live_step(enum verb verb, const char *body, ...);

/* Each expects no fault.  live_try expects one and returns its message. */
enum result live_do(struct live_test *test, const struct step *step);
struct step live_inverse(struct live_test *test, const struct step *step);
const char *live_try(struct live_test *test, const struct step *step);

/* The law of every verb that can be undone: it is done, then it is the same and needs no undoing;
 * its inverse takes it back, and taking it back twice changes nothing.  Afterwards it is undone. */
void live_law(struct live_test *test, const struct step *step);
