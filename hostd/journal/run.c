#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "formats/json.h"
#include "journal/journal.h"
#include "journal/journal_file.h"
#include "journal/recorded.h"

struct run {
	struct journal *journal;
	unsigned number, steps;
	int fd;
};

static const char *const status_names[] = {
	[RUN_RUNNING] = "running",     [RUN_DONE] = "done",     [RUN_FAILED] = "failed",
	[RUN_CANCELLED] = "cancelled", [RUN_UNDONE] = "undone",
};

const char *run_status_name(enum run_status status)
{
	return status_names[status];
}

static const char *now(struct arena *arena)
{
	time_t seconds = time(NULL);
	struct tm calendar;
	char text[32];

	gmtime_r(&seconds, &calendar);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &calendar);
	return arena_strdup(arena, text);
}

/* A line that cannot be written whole (the disk is full) is taken away again: the next one,
 * behind half a line, would be lost to whoever reads them back. */
static int run_write(struct run *run, const struct node *event, bool sync, struct faults *faults)
{
	struct text line = text_of(run->journal->arena);
	off_t before = lseek(run->fd, 0, SEEK_END);

	json_write(&line, event, false);
	text_add_byte(&line, '\n');
	if (journal_fd_write(run->fd, line.at, line.size, faults) < 0) {
		if (before >= 0 && ftruncate(run->fd, before) < 0)
			fault_errno(faults, errno, "cannot shorten the journal");
		return -1;
	}
	if (sync && fdatasync(run->fd) < 0)
		return fault_errno(faults, errno, "cannot sync the journal");
	return 0;
}

static struct node *event_of(struct arena *arena, const char *what)
{
	struct node *event = node_map(arena);

	node_put(arena, event, "event", node_quoted(arena, what));
	return event;
}

static void put_text(struct arena *arena, struct node *map, const char *key, const char *text)
{
	node_put(arena, map, key, text ? node_quoted(arena, text) : node_null(arena));
}

static void put_count(struct arena *arena, struct node *map, const char *key, unsigned count)
{
	node_put(arena, map, key, node_scalar(arena, arena_printf(arena, "%u", count)));
}

/* The highest number so far; names are zero-padded, so the last sorts last. */
static int last_number(struct journal *journal, unsigned *ret_number, struct faults *faults)
{
	struct journal_names names = {};

	if (journal_file_list(journal, "runs", &names, faults) < 0)
		return -1;
	*ret_number = 0;
	EACH(name, &names.list)
		if (string_ends(*name, ".jsonl"))
			*ret_number = (unsigned)strtoul(*name, NULL, 10);
	return 0;
}

struct run *run_begin(struct journal *journal, const char *command, const char *hash,
		      unsigned undoes, struct faults *faults)
{
	struct run *run = ARENA_NEW(journal->arena, struct run);
	struct node *event = event_of(journal->arena, "begin");
	char path[64];

	run->journal = journal;
	if (last_number(journal, &run->number, faults) < 0)
		return NULL;
	run->number++;
	mkdirat(journal->folder_fd, "runs", 0700);
	snprintf(path, sizeof(path), "runs/%06u.jsonl", run->number);
	run->fd = openat(journal->folder_fd, path,
			 O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
	if (run->fd < 0) {
		fault_errno(faults, errno, "cannot write \"%s/%s\"", journal->folder, path);
		return NULL;
	}
	put_count(journal->arena, event, "run", run->number);
	put_text(journal->arena, event, "command", command);
	put_text(journal->arena, event, "time", now(journal->arena));
	put_text(journal->arena, event, "plan", hash);
	if (undoes)
		put_count(journal->arena, event, "undoes", undoes);
	if (run_write(run, event, true, faults) < 0 ||
	    journal_folder_sync(journal, "runs", faults) < 0)
		return NULL;
	return run;
}

unsigned run_number(const struct run *run)
{
	return run->number;
}

int run_intend(struct run *run, const char *item, const struct step *step,
	       const struct step *inverse, unsigned *ret_index, struct faults *faults)
{
	struct arena *arena = run->journal->arena;
	struct node *event = event_of(arena, "intend");

	put_count(arena, event, "step", run->steps + 1);
	put_text(arena, event, "item", item);
	node_put(arena, event, "does", step_to_node(arena, step));
	node_put(arena, event, "inverse", step_to_node(arena, inverse));
	if (run_write(run, event, true, faults) < 0)
		return -1;
	*ret_index = ++run->steps;
	return 0;
}

int run_outcome(struct run *run, unsigned index, const struct outcome *outcome, const char *failure,
		struct faults *faults)
{
	struct arena *arena = run->journal->arena;
	struct node *event = event_of(arena, "outcome");

	put_count(arena, event, "step", index);
	if (failure)
		put_text(arena, event, "failure", failure);
	else
		put_text(arena, event, "result", result_name(outcome->result));
	if (!failure && outcome->waits_for)
		put_text(arena, event, "waits_for", outcome->waits_for);
	return run_write(run, event, false, faults);
}

/* "guests.web" -> "guests.web.yaml"; what may not stand in a file name is escaped. */
static const char *ledger_file(struct arena *arena, const struct kind *kind, const char *name)
{
	struct text file = text_of(arena);

	text_add(&file, kind->path);
	if (*name)
		text_add_byte(&file, '.');
	for (; *name; name++)
		if (*name == '/' || *name == '%')
			text_addf(&file, "%%%02X", (unsigned char)*name);
		else
			text_add_byte(&file, *name);
	text_add(&file, ".yaml");
	return file.at;
}

int run_ledger_restore(struct run *run, const char *file, const char *text, struct faults *faults)
{
	struct journal *journal = run->journal;
	struct node *event = event_of(journal->arena, "ledger");
	const char *path = arena_printf(journal->arena, "ledger/%s", file), *before = NULL;

	if (journal_file_read(journal, path, &before, faults) < 0)
		return -1;
	if (string_equal(before, text))
		return 0;
	put_text(journal->arena, event, "file", file);
	put_text(journal->arena, event, "before", before);
	if (run_write(run, event, true, faults) < 0)
		return -1;
	return text ? journal_file_write(journal, path, text, faults)
		    : journal_file_remove(journal, path, faults);
}

int run_ledger(struct run *run, const struct kind *kind, const char *name, const void *value,
	       struct faults *faults)
{
	struct arena *arena = run->journal->arena;
	const char *file = ledger_file(arena, kind, name);
	struct text text = text_of(arena);
	struct node *root = node_map(arena);

	if (!value)
		return run_ledger_restore(run, file, NULL, faults);
	put_text(arena, root, "kind", kind->path);
	put_text(arena, root, "name", name);
	struct node *given = record_print(arena, kind->record, value, true);
	record_veil(arena, kind->record, given);
	node_put(arena, root, "given", given);
	node_write_yaml(&text, root);
	return run_ledger_restore(run, file, text.at, faults);
}

int run_end(struct run *run, enum run_status status, struct faults *faults)
{
	struct arena *arena = run->journal->arena;
	struct node *event = event_of(arena, "end"), *told = node_list(arena);

	put_text(arena, event, "status", run_status_name(status));
	put_text(arena, event, "time", now(arena));
	for (const struct fault *fault = faults->first; fault; fault = fault->next)
		node_append(told, node_quoted(arena, fault_sentence(arena, fault)));
	if (told->count)
		node_put(arena, event, "faults", told);
	int result = run_write(run, event, true, faults);
	close(run->fd);
	run->fd = -1;
	return result;
}
