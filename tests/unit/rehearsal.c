#include "rehearsal.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "report/report.h"

static void check(bool good, const char *what)
{
	if (good)
		return;
	perror(what);
	abort();
}

static const char *inside(struct rehearsal *rehearsal, const char *path)
{
	return arena_printf(rehearsal->arena, "%s/fs%s", rehearsal->folder, path);
}

void rehearsal_write(struct rehearsal *rehearsal, const char *path, const char *text)
{
	char *whole = arena_strdup(rehearsal->arena, inside(rehearsal, path));

	for (char *slash = strchr(whole + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		check(mkdir(whole, 0755) == 0 || errno == EEXIST, whole);
		*slash = '/';
	}
	FILE *file = fopen(whole, "w");
	check(file != NULL, whole);
	fputs(text, file);
	fclose(file);
}

const char *rehearsal_read(struct rehearsal *rehearsal, const char *path)
{
	FILE *file = fopen(inside(rehearsal, path), "r");
	struct text text = text_of(rehearsal->arena);

	if (!file)
		return NULL;
	for (int byte; (byte = fgetc(file)) != EOF;)
		text_add_byte(&text, (char)byte);
	fclose(file);
	return text.at;
}

void rehearsal_remove(struct rehearsal *rehearsal, const char *path)
{
	unlink(inside(rehearsal, path));
}

/* ---- the performer ---- */

static bool writes_file(enum verb verb)
{
	return verb == VERB_file_write || verb == VERB_file_remove || verb == VERB_sysfs_write;
}

static int rehearse_inverse(struct performer *performer, struct arena *arena,
			    const struct step *step, struct step *ret_inverse,
			    struct faults *faults)
{
	struct rehearsal *rehearsal = (struct rehearsal *)performer;
	struct step inverse = { .verb = VERB_nothing };

	(void)faults;
	if (writes_file(step->verb)) {
		const char *old = rehearsal_read(rehearsal, step->argument[0]);
		inverse.verb = !old                             ? VERB_file_remove
			       : step->verb == VERB_sysfs_write ? VERB_sysfs_write
								: VERB_file_write;
		inverse.argument[0] = step->argument[0];
		inverse.argument[1] = inverse.verb == VERB_sysfs_write ? old : "0644";
		inverse.body = old;
		inverse.body_size = old ? strlen(old) : 0;
		if (inverse.verb == VERB_file_remove)
			inverse.argument[1] = NULL;
	}
	if (step->verb == VERB_links_reload)
		inverse.verb = VERB_links_reload;
	inverse.class = verb_info(inverse.verb)->least;
	(void)arena;
	*ret_inverse = inverse;
	return 0;
}

static void append(struct rehearsal *rehearsal, const char *path, const char *line)
{
	const char *text = rehearsal_read(rehearsal, path);

	rehearsal_write(rehearsal, path,
			arena_printf(rehearsal->arena, "%s%s", text ? text : "", line));
}

/* Accounts as useradd(8) and usermod(8) would leave them; enough for one user a test. */
static void rehearse_user(struct rehearsal *rehearsal, const struct step *step)
{
	const char *user = step->argument[0];

	if (step->verb == VERB_user_add)
		append(rehearsal, "/etc/passwd",
		       arena_printf(rehearsal->arena,
				    "%s:x:2000:2000:made by gasthof:/home/%s:%s\n", user, user,
				    step->argument[1]));
	else if (step->verb == VERB_user_groups)
		append(rehearsal, "/etc/group",
		       arena_printf(rehearsal->arena, "%s:x:900:%s\n", step->argument[1], user));
}

static void rehearse_effect(struct rehearsal *rehearsal, const struct step *step)
{
	if (step->verb == VERB_file_write)
		rehearsal_write(rehearsal, step->argument[0], step->body);
	else if (step->verb == VERB_file_remove)
		rehearsal_remove(rehearsal, step->argument[0]);
	else if (step->verb == VERB_sysfs_write)
		rehearsal_write(rehearsal, step->argument[0], step->argument[1]);
	else if (step->verb == VERB_user_add || step->verb == VERB_user_groups)
		rehearse_user(rehearsal, step);
	else if (step->verb == VERB_hostname_set) {
		rehearsal_write(rehearsal, "/etc/hostname", step->argument[0]);
		rehearsal_write(rehearsal, "/proc/sys/kernel/hostname", step->argument[0]);
	}
}

static int rehearse(struct performer *performer, struct arena *arena, const struct step *step,
		    struct progress *progress, struct outcome *ret_outcome, struct faults *faults)
{
	struct rehearsal *rehearsal = (struct rehearsal *)performer;
	struct text line = text_of(rehearsal->arena);

	(void)arena;
	step_print(&line, step);
	if (rehearsal->crash_after == 0)
		return fault(faults, FAULT_HOST, "crashed");
	rehearsal->crash_after -= rehearsal->crash_after > 0;
	if (rehearsal->fail_on && strstr(line.at, rehearsal->fail_on))
		return fault(faults, FAULT_HOST, "made to fail");
	ARRAY_PUSH(rehearsal->arena, &rehearsal->did, line.at);
	if (!progress_tell(progress, 1, 2))
		return fault(faults, FAULT_HOST, "cancelled");
	ret_outcome->result = RESULT_DONE;
	if (rehearsal->pending_on && strstr(line.at, rehearsal->pending_on))
		ret_outcome->result = RESULT_PENDING;
	else if (rehearsal->later_on && strstr(line.at, rehearsal->later_on))
		*ret_outcome = (struct outcome){ RESULT_LATER, "made to wait" };
	else if (rehearsal->refuse_on && strstr(line.at, rehearsal->refuse_on))
		*ret_outcome = (struct outcome){ RESULT_REFUSED, "made to refuse" };
	else
		rehearse_effect(rehearsal, step);
	if (rehearsal->meddles_with)
		rehearsal_write(rehearsal, rehearsal->meddles, rehearsal->meddles_with);
	rehearsal->meddles_with = NULL;
	return 0;
}

static void rehearse_close(struct performer *performer)
{
	(void)performer;
}

/* ---- setting up ---- */

void rehearsal_open(struct rehearsal *rehearsal, struct arena *arena)
{
	char folder[] = "/tmp/gasthof-rehearsal-XXXXXX";
	struct faults faults;

	faults_init(&faults, arena);
	check(mkdtemp(folder) != NULL, "mkdtemp");
	*rehearsal = (struct rehearsal){
		.performer = { rehearse_inverse, rehearse, rehearse_close },
		.arena = arena,
		.folder = arena_strdup(arena, folder),
		.state = arena_printf(arena, "%s/state", folder),
		.crash_after = -1,
	};
	rehearsal_write(rehearsal, "/etc/hostname", "before\n");
	rehearsal_write(rehearsal, "/proc/sys/kernel/hostname", "before\n");
	rehearsal->host = host_open_captured(arena, folder, &faults);
	check(rehearsal->host != NULL, faults.first ? faults.first->message : folder);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status, (void)type, (void)walk;
	return remove(path);
}

void rehearsal_close(struct rehearsal *rehearsal)
{
	host_close(rehearsal->host);
	nftw(rehearsal->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

struct engine rehearsal_engine(struct rehearsal *rehearsal, const struct kind *const *all,
			       const char *description)
{
	struct arena *arena = rehearsal->arena;
	struct desired *desired = ARENA_NEW(arena, struct desired);
	struct sources sources;
	struct node *root = NULL;
	struct faults faults;

	faults_init(&faults, arena);
	sources_init(&sources, arena);
	if (document_parse(&sources, "host.yaml", description, strlen(description), &root,
			   &faults) == 0) {
		desired_prepare(arena, root, all, &faults);
		if (desired_build(desired, arena, all, root, &faults) < 0)
			fputs(faults_text(arena, &faults), stderr);
	}
	struct engine engine = {
		.arena = arena,
		.host = rehearsal->host,
		.performer = &rehearsal->performer,
		.journal = journal_open(arena, rehearsal->state, true, &faults),
		.desired = desired,
		.command = "apply",
		.watcher = &watcher_silent,
	};
	check(engine.journal && journal_lock(engine.journal, false, &faults) == 0 && !faults.count,
	      faults.first ? faults.first->message : "journal");
	return engine;
}

const char *faults_text(struct arena *arena, const struct faults *faults)
{
	struct text text = text_of(arena);

	for (const struct fault *fault = faults->first; fault; fault = fault->next) {
		if (fault->mark.line)
			text_addf(&text, "%u:%u: ", fault->mark.line, fault->mark.column);
		fault_line(&text, fault);
		text_add_byte(&text, '\n');
	}
	return text.at;
}
