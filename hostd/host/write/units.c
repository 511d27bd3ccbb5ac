/* units.c - systemd's units, through its bus interface (org.freedesktop.systemd1). */
#include <string.h>
#include <time.h>

#include "host/read/live_units.h"
#include "host/write/write.h"

enum { JOB_SECONDS = 180 };

/* ---- jobs ---- */

struct job {
	const char *path; /* of the job waited for; NULL while its number is not known yet */
	char result[32];
	bool removed;
};

/* JobRemoved(u id, o job, s unit, s result) */
static int job_removed(sd_bus_message *message, void *data, sd_bus_error *error)
{
	struct job *job = data;
	const char *path = NULL, *unit = NULL, *result = NULL;
	uint32_t id = 0;

	(void)error;
	if (sd_bus_message_read(message, "uoss", &id, &path, &unit, &result) < 0 || !job->path ||
	    !string_equal(path, job->path))
		return 0;
	job->removed = true;
	strncpy(job->result, result, sizeof(job->result) - 1);
	return 0;
}

static uint64_t seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec;
}

static int job_wait(struct write *write, struct job *job, struct faults *faults)
{
	uint64_t start = seconds_now(), waited = 0;

	while (!job->removed) {
		int worked = sd_bus_process(write->bus.bus, NULL);
		if (worked == 0)
			worked = sd_bus_wait(write->bus.bus, 1000000);
		if (worked < 0)
			return bus_fault(faults, worked, "lost the system bus while waiting");
		waited = seconds_now() - start;
		if (waited > JOB_SECONDS)
			return fault(faults, FAULT_HOST, "systemd is not done after %d seconds",
				     JOB_SECONDS);
		if (still_wanted(write, waited, JOB_SECONDS, faults) < 0)
			return -1;
	}
	if (string_equal(job->result, "done") || string_equal(job->result, "skipped"))
		return 0;
	return fault(faults, FAULT_HOST, "systemd's job ended with \"%s\"", job->result);
}

static void slot_cleanup(sd_bus_slot **slot)
{
	sd_bus_slot_unref(*slot);
}

/* Queues a job for the unit and waits for its end. */
static int job_run(struct write *write, const char *method, const char *unit, struct faults *faults)
{
	struct job job = {};
	__attribute__((cleanup(slot_cleanup))) sd_bus_slot *slot = NULL;
	BUS_MESSAGE sd_bus_message *subscribed = NULL;
	BUS_MESSAGE sd_bus_message *reply = NULL;

	WITHIN(faults, "unit \"%s\"", unit);
	/* systemd sends signals only where somebody subscribed; asking twice is no error to us. */
	if (bus_open(&write->bus, faults) < 0)
		return -1;
	sd_bus_call_method(write->bus.bus, bus_systemd.service, bus_systemd.path,
			   bus_systemd.interface, "Subscribe", NULL, &subscribed, NULL);
	int error =
		sd_bus_match_signal(write->bus.bus, &slot, bus_systemd.service, bus_systemd.path,
				    bus_systemd.interface, "JobRemoved", job_removed, &job);
	if (error < 0)
		return bus_fault(faults, error, "cannot listen for systemd's jobs");
	if (bus_call(&write->bus, &bus_systemd, method, &reply, faults, "ss", unit, "replace") < 0)
		return -1;
	error = sd_bus_message_read(reply, "o", &job.path);
	if (error < 0)
		return bus_fault(faults, error, "systemd's answer does not read");
	if (job_wait(write, &job, faults) < 0) {
		fault_hint(faults, "see `journalctl -u %s`", unit);
		return -1;
	}
	return 0;
}

static int run(struct write *write, const char *method, const char *unit, struct outcome *ret,
	       struct faults *faults)
{
	if (job_run(write, method, unit, faults) < 0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}

/* ---- start, stop, restart, reload ---- */

/* 1 or 0; -1 with a fault. */
static int is_active(struct write *write, const char *name, struct faults *faults)
{
	struct host_unit unit = {};
	int there = units_look(write->arena, &write->bus, name, &unit, faults);

	if (there != 1)
		return there;
	return host_unit_runs(&unit);
}

int unit_start_inverse(struct write *write, const struct step *step, struct step *ret,
		       struct faults *faults)
{
	int active = is_active(write, step->argument[0], faults);

	if (active < 0)
		return -1;
	return inverse_of(ret, active ? VERB_nothing : VERB_unit_stop,
			  active ? NULL : step->argument[0], NULL, NULL);
}

int unit_start_perform(struct write *write, const struct step *step, struct outcome *ret,
		       struct faults *faults)
{
	int active = is_active(write, step->argument[0], faults);

	if (active)
		return active < 0 ? -1 : outcome_is(ret, RESULT_SAME);
	return run(write, "StartUnit", step->argument[0], ret, faults);
}

int unit_stop_inverse(struct write *write, const struct step *step, struct step *ret,
		      struct faults *faults)
{
	int active = is_active(write, step->argument[0], faults);

	if (active < 0)
		return -1;
	return inverse_of(ret, active ? VERB_unit_start : VERB_nothing,
			  active ? step->argument[0] : NULL, NULL, NULL);
}

int unit_stop_perform(struct write *write, const struct step *step, struct outcome *ret,
		      struct faults *faults)
{
	struct host_unit unit = {};
	int there = units_look(write->arena, &write->bus, step->argument[0], &unit, faults);

	if (there < 0)
		return -1;
	if (there == 0 || string_equal(unit.active, "inactive") ||
	    string_equal(unit.active, "failed"))
		return outcome_is(ret, RESULT_SAME);
	return run(write, "StopUnit", step->argument[0], ret, faults);
}

/* Neither starts a unit that was stopped meanwhile: a rollback does these again at its end.
 * A unit that somebody restarted often of late would be left stopped (StartLimitBurst= in
 * systemd.unit(5)): those starts no longer count. */
int unit_restart_perform(struct write *write, const struct step *step, struct outcome *ret,
			 struct faults *faults)
{
	BUS_MESSAGE sd_bus_message *reply = NULL;
	struct faults unheard;

	faults_init(&unheard, write->arena);
	(void)!bus_call(&write->bus, &bus_systemd, "ResetFailedUnit", &reply, &unheard, "s",
			step->argument[0]);
	return run(write, "TryRestartUnit", step->argument[0], ret, faults);
}

int unit_reload_perform(struct write *write, const struct step *step, struct outcome *ret,
			struct faults *faults)
{
	return run(write, "ReloadOrTryRestartUnit", step->argument[0], ret, faults);
}

/* ---- enable, disable, daemon-reload ---- */

int manager_settle(struct write *write, struct faults *faults)
{
	static const struct bus_object peer = { "org.freedesktop.systemd1",
						"/org/freedesktop/systemd1",
						"org.freedesktop.DBus.Peer" };
	BUS_MESSAGE sd_bus_message *pong = NULL;

	return bus_call(&write->bus, &peer, "Ping", &pong, faults, NULL);
}

static int manager_reload(struct write *write, struct faults *faults)
{
	BUS_MESSAGE sd_bus_message *reply = NULL;

	if (bus_call(&write->bus, &bus_systemd, "Reload", &reply, faults, NULL) < 0)
		return -1;
	return manager_settle(write, faults);
}

static int is_enabled(struct write *write, const char *name, struct faults *faults)
{
	struct host_unit unit = {};
	int there = units_look(write->arena, &write->bus, name, &unit, faults);

	return there == 1 ? string_equal(unit.enabled, "enabled") : there;
}

int unit_enable_inverse(struct write *write, const struct step *step, struct step *ret,
			struct faults *faults)
{
	int enabled = is_enabled(write, step->argument[0], faults);

	if (enabled < 0)
		return -1;
	return inverse_of(ret, enabled ? VERB_nothing : VERB_unit_disable,
			  enabled ? NULL : step->argument[0], NULL, NULL);
}

int unit_enable_perform(struct write *write, const struct step *step, struct outcome *ret,
			struct faults *faults)
{
	BUS_MESSAGE sd_bus_message *reply = NULL;
	int enabled = is_enabled(write, step->argument[0], faults);

	WITHIN(faults, "unit \"%s\"", step->argument[0]);
	if (enabled)
		return enabled < 0 ? -1 : outcome_is(ret, RESULT_SAME);
	if (bus_call(&write->bus, &bus_systemd, "EnableUnitFiles", &reply, faults, "asbb", 1,
		     step->argument[0], 0, 1) < 0 ||
	    manager_reload(write, faults) < 0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}

int unit_disable_inverse(struct write *write, const struct step *step, struct step *ret,
			 struct faults *faults)
{
	int enabled = is_enabled(write, step->argument[0], faults);

	if (enabled < 0)
		return -1;
	return inverse_of(ret, enabled ? VERB_unit_enable : VERB_nothing,
			  enabled ? step->argument[0] : NULL, NULL, NULL);
}

int unit_disable_perform(struct write *write, const struct step *step, struct outcome *ret,
			 struct faults *faults)
{
	BUS_MESSAGE sd_bus_message *reply = NULL;
	int enabled = is_enabled(write, step->argument[0], faults);

	WITHIN(faults, "unit \"%s\"", step->argument[0]);
	if (enabled <= 0)
		return enabled < 0 ? -1 : outcome_is(ret, RESULT_SAME);
	if (bus_call(&write->bus, &bus_systemd, "DisableUnitFiles", &reply, faults, "asb", 1,
		     step->argument[0], 0) < 0 ||
	    manager_reload(write, faults) < 0)
		return -1;
	return outcome_is(ret, RESULT_DONE);
}

int units_reload_perform(struct write *write, const struct step *step, struct outcome *ret,
			 struct faults *faults)
{
	(void)step;
	return manager_reload(write, faults) < 0 ? -1 : outcome_is(ret, RESULT_DONE);
}
