#include "base/fault.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

void faults_init(struct faults *faults, struct arena *arena)
{
	*faults = (struct faults){ .arena = arena };
	faults->end = &faults->first;
}

/* "outer: inner", or NULL outside of any scope. */
static const char *within_path(struct arena *arena, const struct within *within)
{
	if (!within)
		return NULL;
	const char *outer = within_path(arena, within->outer);
	return outer ? arena_printf(arena, "%s: %s", outer, within->label)
		     : arena_strdup(arena, within->label);
}

static struct fault *fault_add(struct faults *faults, enum fault_kind kind, const char *format,
			       va_list arguments)
{
	struct fault *added = ARENA_NEW(faults->arena, struct fault);

	added->kind = kind;
	char *message = arena_vprintf(faults->arena, format, arguments);
	/* A library's own words may come in lines; a fault is one. */
	for (char *at = message; *at; at++)
		*at = *at == '\n' || *at == '\r' ? ' ' : *at;
	added->message = message;
	added->within = within_path(faults->arena, faults->within);
	*faults->end = added;
	faults->end = &added->next;
	faults->count++;
	return added;
}

int fault(struct faults *faults, enum fault_kind kind, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fault_add(faults, kind, format, arguments);
	va_end(arguments);
	return -1;
}

int fault_at(struct faults *faults, struct mark mark, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fault_add(faults, FAULT_DESCRIPTION, format, arguments)->mark = mark;
	va_end(arguments);
	return -1;
}

int fault_errno(struct faults *faults, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	struct fault *added = fault_add(faults, FAULT_HOST, format, arguments);
	va_end(arguments);
	added->error = error;
	added->message = arena_printf(faults->arena, "%s: %s", added->message, strerror(error));
	return -1;
}

void faults_move(struct faults *faults, struct faults *from)
{
	if (!from->first)
		return;
	*faults->end = from->first;
	faults->end = from->end;
	faults->count += from->count;
	faults_init(from, from->arena);
}

const char *fault_sentence(struct arena *arena, const struct fault *fault)
{
	return fault->within ? arena_printf(arena, "%s: %s", fault->within, fault->message)
			     : fault->message;
}

struct fault *fault_last(struct faults *faults)
{
	if (!faults->first)
		return NULL;
	return (struct fault *)((char *)faults->end - offsetof(struct fault, next));
}

void fault_hint(struct faults *faults, const char *format, ...)
{
	struct fault *last = fault_last(faults);
	va_list arguments;

	if (!last)
		return;
	va_start(arguments, format);
	last->hint = arena_vprintf(faults->arena, format, arguments);
	va_end(arguments);
}

void fault_also(struct faults *faults, struct mark mark, const char *what)
{
	struct fault *last = fault_last(faults);

	if (!last)
		return;
	last->also = mark;
	last->also_is = arena_strdup(faults->arena, what);
}

void within_enter(struct within *within, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(within->label, sizeof(within->label), format, arguments);
	va_end(arguments);
	within->outer = within->faults->within;
	within->faults->within = within;
}

void within_leave(struct within *within)
{
	within->faults->within = within->outer;
}
