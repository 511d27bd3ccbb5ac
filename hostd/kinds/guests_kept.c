/* guests_kept.c - what libvirt keeps of a guest beside its definition: snapshots and checkpoints,
 * which go when the guest does, and saved memory, from which its next start goes on.
 *
 * Of a guest whose memory is saved, what "runs" is what was saved (guests_observe.c): libvirt
 * starts it with the definition of then, whatever is configured meanwhile
 * (virDomainCreate, virDomainManagedSave).
 */
#include "kinds/guests.h"

static const char *names_text(struct arena *arena, const struct text_list *names)
{
	struct text text = text_of(arena);

	for (size_t i = 0; i < names->count; i++)
		text_addf(&text, "%s\"%s\"", i ? ", " : "", names->at[i]);
	return text.at;
}

static void with_add(struct text *with, const char *word)
{
	text_addf(with, "%s%s", with->size ? "," : "", word);
}

void guest_undefine(struct steps *steps, const struct guest *there)
{
	struct arena *arena = steps->arena;
	struct text with = text_of(arena);

	if (there->saved) {
		with_add(&with, "saved");
		steps_note(steps, "its memory was saved: what the guest was doing then is lost");
	}
	if (there->snapshots.count) {
		with_add(&with, "snapshots");
		steps_note(steps,
			   "its snapshots are forgotten (%s): nothing goes back to them any more",
			   names_text(arena, &there->snapshots));
	}
	if (there->checkpoints.count) {
		with_add(&with, "checkpoints");
		steps_note(steps,
			   "its checkpoints are forgotten (%s): the next backup is a whole one",
			   names_text(arena, &there->checkpoints));
	}
	step_add(steps, VERB_domain_undefine, with.size ? CLASS_DESTROYS_DATA : CLASS_NONE,
		 there->name, with.size ? with.at : NULL);
}

/* ---- saved memory ---- */

static bool is_saved(const struct change *change)
{
	return change->configured && change->running &&
	       ((const struct guest *)change->running->value)->saved;
}

static bool will_start(const struct change *change)
{
	const struct guest *want = change->want->value;

	return GIVEN(&guest_record, want, state) && string_equal(want->state, "running");
}

/* What was saved is otherwise than wanted, or will be after this plan; the highest class of it. */
static bool goes_on_otherwise(const struct change *change, enum class *ret_class)
{
	bool otherwise = false;

	*ret_class = CLASS_NONE;
	for (size_t i = 0; i < change->differs->count; i++) {
		const struct path *path = &change->differs->at[i];
		if (!(path->where & IN_RUNNING) || string_equal(path->path, "state") ||
		    path->class == CLASS_NONE)
			continue;
		otherwise = true;
		*ret_class = path->class > *ret_class ? path->class : *ret_class;
	}
	return otherwise;
}

void guest_saved_plan(const struct change *change, struct steps *steps)
{
	enum class class;

	if (!is_saved(change))
		return;
	bool otherwise = goes_on_otherwise(change, &class);
	if (will_start(change))
		steps_note(steps,
			   otherwise
				   ? "its memory was saved: it goes on from there, as it was then; "
				     "what is to be otherwise follows while it runs, or waits"
				   : "its memory was saved: it goes on from there");
	else if (otherwise)
		steps_wait(
			steps, WAIT_GUEST_STOP,
			"its memory was saved: its next start goes on from there, as it was then");
}

static bool restarts_after(const struct change *change)
{
	const struct guest *want = change->want->value;
	enum class class;

	return is_saved(change) && string_equal(want->on_change, "restart") &&
	       goes_on_otherwise(change, &class) && class > CLASS_LIVE;
}

/* The restart follows in the next round, and is announced here. */
enum class guest_start_class(const struct change *change) {
	return restarts_after(change) ? CLASS_GUEST_RESTART : CLASS_LIVE;
}
