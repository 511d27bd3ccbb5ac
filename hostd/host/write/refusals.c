/* refusals.c - what a running guest does not take, told apart and noted. */
#include <string.h>

#include "formats/refusal.h"
#include "host/write/place.h"
#include "host/write/write.h"

/* What QEMU itself, or libvirt's search for a slot, says with a code that means nothing.  A disk's
 * file that does not open (blockdev-add) is none of it: it would not open at a start either. */
static bool message_refuses(const char *message)
{
	static const char *const words[] = { "'device_add'",
					     "'device_del'",
					     "'netdev_add'",
					     "'chardev-add'",
					     "'object-add'",
					     "'set_password'",
					     "'expire_password'",
					     "No more available",
					     "no more available",
					     "not hotpluggable",
					     "does not support hotplug" };

	for (size_t i = 0; i < COUNT_OF(words); i++)
		if (strstr(message, words[i]))
			return true;
	return false;
}

/* libvirt/virterror.h tells what each stands for. */
static bool code_refuses(int code)
{
	switch (code) {
	case VIR_ERR_NO_SUPPORT:
	case VIR_ERR_CONFIG_UNSUPPORTED:
	case VIR_ERR_OPERATION_FAILED:
	case VIR_ERR_OPERATION_INVALID:
	case VIR_ERR_OPERATION_UNSUPPORTED:
	case VIR_ERR_ARGUMENT_UNSUPPORTED:
		return true;
	default:
		return false;
	}
}

const char *virt_refusal(struct write *write)
{
	virErrorPtr error = virGetLastError();

	if (!error || !error->message)
		return NULL;
	bool refuses = error->code == VIR_ERR_INTERNAL_ERROR ? message_refuses(error->message)
							     : code_refuses(error->code);
	return refuses ? arena_strdup(write->arena, error->message) : NULL;
}

static void refusals_look(struct write *write, const char *path, struct refusals *ret)
{
	PLACE struct place place = { .folder = -1 };
	struct host_file file = {};
	struct faults unheard;
	const char *text = NULL;
	size_t size = 0;

	faults_init(&unheard, write->arena);
	if (place_open(write->arena, path, 0, &place, &unheard) == 1 &&
	    place_read(write->arena, &place, &file, &text, &size, &unheard) == 1)
		refusals_read(write->arena, text, ret);
}

int outcome_later(struct write *write, virDomainPtr domain, const struct step *step,
		  const char *why, enum refusal_state state, struct outcome *ret)
{
	struct refusals refusals = {};
	struct refusal refusal = { refusal_key(write->arena, step), step->argument[1], why, state };
	char uuid[VIR_UUID_STRING_BUFLEN] = "";

	if (virDomainGetUUIDString(domain, uuid) == 0) {
		const char *path = refusal_path(write->arena, uuid);
		const char *life = arena_printf(write->arena, "%u", virDomainGetID(domain));
		refusals_look(write, path, &refusals);
		if (!string_equal(refusals.life, life))
			refusals = (struct refusals){ .life = life };
		refusals_add(write->arena, &refusals, &refusal);
		note_leave(write, path, refusals_text(write->arena, &refusals));
	}
	return outcome_why(ret, RESULT_LATER, why);
}

static void refusals_tell(struct write *write, const struct heard *heard)
{
	const char *path = refusal_path(write->arena, heard->uuid);
	struct refusals refusals = {};

	refusals_look(write, path, &refusals);
	if (refusals_hear(write->arena, &refusals, heard))
		note_leave(write, path, refusals_text(write->arena, &refusals));
}

void refusals_news(struct arena *arena, const char *news)
{
	struct write write = { .arena = arena };
	struct heard heard = {};

	for (size_t size; *news; news += size) {
		news += *news == '\n';
		size = strcspn(news, "\n");
		if (heard_read(arena, arena_strndup(arena, news, size), &heard) && heard.alias)
			refusals_tell(&write, &heard);
	}
}
