/* guests.c - our guests as the host comes up and goes down (gasthof-guests-start.service,
 * gasthof-guests.service).
 *
 *	gasthof guests start|stop
 *
 * libvirt's own autostart knows neither order nor delay, and libvirt-guests(8) no time-out of a
 * guest's own.  What a guest was given stands in the ledger; nothing is read from a description,
 * which may be wrong by now.  `stop` does nothing unless the host goes down.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "command/command.h"
#include "command/engine_session.h"
#include "formats/domain.h"
#include "kinds/guests.h"

struct turn {                      /* of one guest */
	const char *handle, *name; /* libvirt's name */
	const struct guest *guest; /* as it was last given */
	uint64_t asked;            /* seconds since boot; 0: not yet */
};
struct turns {
	struct session *session;
	struct engine *engine;
	ARRAY(struct turn) list;
	unsigned failed;
};

static void say(const struct turns *turns, const struct turn *turn, const char *what)
{
	fprintf(turns->session->reporter.out, "guest %s %s\n", turn->handle, what);
	fflush(turns->session->reporter.out);
}

/* Those of the ledger, of which `counts` says that it is their turn some time. */
static int turns_read(struct turns *turns, bool (*counts)(const struct guest *guest))
{
	static const struct kind *const guests[] = { &guests_kind, NULL };
	struct faults *faults = &turns->session->faults;
	struct items ledger = { .arena = turns->session->arena };

	if (journal_ledger(turns->engine->journal, guests, &ledger, faults) < 0)
		return -1;
	EACH(item, &ledger.list) {
		const struct guest *guest = (*item)->value;
		struct turn turn = { .handle = (*item)->name,
				     .name = domain_name(guest, (*item)->name),
				     .guest = guest };
		if (counts(guest))
			ARRAY_PUSH(turns->session->arena, &turns->list, turn);
	}
	return 0;
}

static int by_order(const void *left, const void *right)
{
	uint32_t a = ((const struct turn *)left)->guest->autostart.order;
	uint32_t b = ((const struct turn *)right)->guest->autostart.order;

	return a < b ? -1 : a > b;
}

/* Guests without a turn go first. */
static int by_order_down(const void *left, const void *right)
{
	uint32_t a = ((const struct turn *)left)->guest->autostart.order;
	uint32_t b = ((const struct turn *)right)->guest->autostart.order;

	return (a && b) ? by_order(right, left) : by_order(left, right);
}

static uint64_t seconds_of(struct span span)
{
	return span.microseconds / 1000000;
}

static uint64_t now(void)
{
	struct timespec time = {};

	clock_gettime(CLOCK_BOOTTIME, &time);
	return (uint64_t)time.tv_sec;
}

/* One verb on one guest; what fails is told at once and keeps nobody else from theirs. */
static enum result perform(struct turns *turns, const struct turn *turn, const struct step *step)
{
	struct performer *performer = turns->engine->performer;
	struct outcome outcome = { .result = RESULT_REFUSED };
	struct faults faults;

	faults_init(&faults, turns->session->arena);
	if (performer->perform(performer, turns->session->arena, step, NULL, &outcome, &faults) <
	    0) {
		turns->failed++;
		say(turns, turn, faults.first->message);
		return RESULT_REFUSED;
	}
	return outcome.result;
}

/* ---- start ---- */

/* `state` has the last word. */
static bool starts(const struct guest *guest)
{
	return guest->autostart.on && guest->autostart.order &&
	       !string_equal(guest->state, "stopped");
}

/* A delay is time that a person asked to let pass; a signal ends it. */
static void let_pass(const struct turns *turns, struct span delay)
{
	uint64_t milliseconds = delay.microseconds / 1000;

	if (!*turns->engine->cancel)
		poll(NULL, 0, milliseconds < INT32_MAX ? (int)milliseconds : INT32_MAX);
}

static bool is_last(const struct turns *turns, const struct turn *turn)
{
	return turn == &turns->list.at[turns->list.count - 1];
}

static void start_each(struct turns *turns)
{
	EACH(turn, &turns->list) {
		const struct step step = { .verb = VERB_domain_start,
					   .class = CLASS_LIVE,
					   .argument = { turn->name } };
		if (*turns->engine->cancel)
			return;
		enum result result = perform(turns, turn, &step);
		if (result == RESULT_DONE)
			say(turns, turn, "was started");
		if (result == RESULT_DONE && !is_last(turns, turn))
			let_pass(turns, turn->guest->autostart.delay);
	}
}

/* The agent may come up once the lock is ours: its first run then finds them started. */
static int start(struct turns *turns, const struct host_module *module)
{
	if (engine_session_open(turns->session, "guests", turns->engine) < 0)
		return -1;
	module->ready();
	if (turns_read(turns, starts) < 0)
		return -1;
	if (turns->list.count)
		qsort(turns->list.at, turns->list.count, sizeof(*turns->list.at), by_order);
	start_each(turns);
	return 0;
}

/* ---- stop ---- */

static bool any(const struct guest *guest)
{
	(void)guest;
	return true;
}

static bool runs(const struct items *running, const struct turn *turn)
{
	const struct item *item = items_find(running, &guests_kind, turn->handle);
	const struct guest *guest = item && item->ours ? item->value : NULL;

	return guest && !string_equal(guest->state, "stopped");
}

/* Mode and seconds as domain_stop takes them; without seconds it is asked and not waited for. */
static enum result stop_one(struct turns *turns, const struct turn *turn, const char *mode,
			    uint64_t seconds)
{
	const struct step step = {
		.verb = VERB_domain_stop,
		.class = CLASS_GUEST_RESTART,
		.argument = { turn->name, mode,
			      arena_printf(turns->session->arena, "%" PRIu64, seconds) },
	};

	return perform(turns, turn, &step);
}

static void await(struct turns *turns, const struct turn *turn)
{
	uint64_t whole = seconds_of(turn->guest->stop_timeout), gone = now() - turn->asked;
	bool destroy = string_equal(turn->guest->on_stop_timeout, "destroy");
	enum result result = stop_one(turns, turn, "shutdown", gone < whole ? whole - gone : 0);

	if (result == RESULT_PENDING && destroy) {
		say(turns, turn, "did not shut down in time: its plug is pulled");
		if (stop_one(turns, turn, "destroy", 0) != RESULT_REFUSED)
			say(turns, turn, "is off");
	} else if (result == RESULT_PENDING) {
		say(turns, turn, "did not shut down in time: it ends with the host");
	} else if (result != RESULT_REFUSED) {
		say(turns, turn, "is off");
	}
}

/* Those of one turn go down together: all are asked, then each is waited for. */
static void stop_turn(struct turns *turns, struct turn *first, struct turn *end)
{
	for (struct turn *turn = first; turn < end; turn++) {
		say(turns, turn, "is asked to shut down");
		turn->asked = now();
		stop_one(turns, turn, "shutdown", 0);
	}
	for (const struct turn *turn = first; turn < end; turn++)
		await(turns, turn);
}

static void stop_each(struct turns *turns)
{
	struct turn *first = turns->list.at, *end = first + turns->list.count;

	for (struct turn *next; first < end; first = next) {
		for (next = first; next < end && by_order(first, next) == 0;)
			next++;
		stop_turn(turns, first, next);
	}
}

static int running_only(struct turns *turns)
{
	struct items configured = { .arena = turns->session->arena };
	struct items running = { .arena = turns->session->arena };
	size_t kept = 0;

	if (guests_kind.observe(turns->engine->host, &configured, &running,
				&turns->session->faults) < 0)
		return -1;
	for (size_t i = 0; i < turns->list.count; i++)
		if (runs(&running, &turns->list.at[i]))
			turns->list.at[kept++] = turns->list.at[i];
	turns->list.count = kept;
	return 0;
}

/* Without the journal's lock: whoever holds it is being ended, too. */
static int stop(struct turns *turns, const struct host_module *module)
{
	struct session *session = turns->session;
	struct engine *engine = turns->engine;
	int going_down = module->going_down(&session->faults);

	if (going_down <= 0) {
		fputs("the host stays up: no guest is stopped\n", session->reporter.out);
		return going_down;
	}
	engine->journal =
		journal_open(session->arena, session->options->state, false, &session->faults);
	engine->host = engine->journal ? module->open_live(session->arena, &session->faults) : NULL;
	engine->performer =
		engine->host ? module->open_performer(session->arena, &session->faults) : NULL;
	if (!engine->performer || turns_read(turns, any) < 0)
		return -1;
	/* A host without guests of ours need not have libvirt. */
	if (!turns->list.count)
		return 0;
	if (running_only(turns) < 0)
		return -1;
	if (turns->list.count)
		qsort(turns->list.at, turns->list.count, sizeof(*turns->list.at), by_order_down);
	stop_each(turns);
	return 0;
}

int command_guests(struct session *session)
{
	struct engine engine = {};
	struct turns turns = { .session = session, .engine = &engine };
	const char *what = session_argument(session, 0, "");
	const struct host_module *module = host_module_load(&session->faults);
	int done = -1;

	if (module && string_equal(what, "start"))
		done = start(&turns, module);
	else if (module && string_equal(what, "stop"))
		done = stop(&turns, module);
	else if (module)
		(void)fault(&session->faults, FAULT_DESCRIPTION, "\"%s\" is neither start nor stop",
			    what);
	engine_session_close(&engine);
	if (done < 0)
		return session_fail(session);
	return turns.failed ? EXIT_FAILED : EXIT_DONE;
}
