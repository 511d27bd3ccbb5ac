/* memory.c - how much memory the host keeps, and how often the rest may be promised.
 *
 * Nothing of it is on the machine: guests that are to start are judged by it where they are
 * planned, huge pages likewise, and here is judged what runs already (guests_memory.h).  Catalogue
 * D22, D23, PIT31, PIT32.
 */
#include "kinds/guests_memory.h"
#include "kinds/other.h"

struct memory {
	struct given given;
	struct bytes reserve;
	struct ratio overcommit;
};

static const struct field fields[] = {
	FIELD("reserve", struct memory, reserve, CLASS_LIVE,
	      "memory that is kept for the host itself: services do not lose it to guests "
	      "(slices.system.memory_low), and guests and huge pages that do not fit in the rest "
	      "are "
	      "refused (where nothing is said: a sixteenth of all, at least 256MiB and at "
	      "most 4GiB)",
	      .flags = FIELD_PLAIN, .example = "4GiB"),
	FIELD("overcommit", struct memory, overcommit, CLASS_NONE,
	      "how often the rest may be promised to guests; more than once needs swap for what is "
	      "promised beyond it",
	      .flags = FIELD_PLAIN, .fallback = "1", .example = "1.5"),
};
static const struct record record = RECORD(struct memory, fields);

extern const struct kind memory_kind;

/* The kernel is told too: what services have of it is not taken from them while guests have memory
 * to give.  MemoryLow= and not MemoryMin=, which would have guests killed for the sake of services'
 * caches; and no ceiling for guests, which would have one killed while memory is free. */
static void memory_complete(struct item *item, struct desired *desired, struct faults *faults)
{
	const struct memory *memory = item->value;

	(void)faults;
	if (!GIVEN(&record, memory, reserve) || !memory->reserve.count)
		return;
	struct item *slice = desired_imply(desired, "slices", "system", item);
	const struct record *of = slice ? slice->kind->record : NULL;
	if (!slice || other_value(of, slice->value, "memory_low", &type_bytes) ||
	    other_value(of, slice->value, "memory_min", &type_bytes))
		return;
	struct bytes *low = other_give(of, slice->value, "memory_low", &type_bytes);
	if (low)
		*low = memory->reserve;
}

static void memory_check(const struct item *item, const struct desired *desired,
			 struct faults *faults)
{
	const struct memory *memory = item->value;

	(void)desired;
	if (GIVEN(&record, memory, overcommit) && !memory->overcommit.thousandths)
		fault_at(faults, item_mark(item, "overcommit"),
			 "guests would get no memory at all");
}

static int memory_observe(struct host *host, struct items *configured, struct items *running,
			  struct faults *faults)
{
	(void)host, (void)configured, (void)faults;
	items_add(running, &memory_kind, "");
	return 0;
}

static int memory_probe(struct host *host, struct arena *arena, const struct item *want,
			const struct desired *desired, const void **ret_facts,
			struct faults *faults)
{
	struct memory_machine *machine = ARENA_NEW(arena, struct memory_machine);

	(void)want, (void)desired;
	*ret_facts = machine;
	return memory_machine_look(host, machine, faults);
}

/* PIT32: what is promised beyond memory works, and slowly. */
static void note_overcommit(const struct memory_account *account, struct steps *steps)
{
	uint64_t taken = account->reserve + account->pages, total = account->machine.total;
	uint64_t plain = total > taken ? total - taken : 0;
	uint64_t need = account->guests + account->overhead;

	if (total && need > plain && account->thousandths > 1000)
		steps_note(
			steps,
			"guests may ask for %s more than there is in memory: where they do, swap "
			"makes all of them slow",
			memory_text(steps->arena, need - plain));
}

static int memory_plan(const struct change *change, struct steps *steps, struct faults *faults)
{
	struct memory_account account;

	if (!change->want)
		return 0;
	struct mark mark = item_mark(change->want, "reserve");
	memory_account(change->view, change->facts, &account);
	/* Pages that are to be reserved, and guests that are to start, are judged there. */
	if (account.pages <= account.machine.pages &&
	    memory_holds_pages(&account, mark, faults) < 0)
		return -1;
	note_overcommit(&account, steps);
	return 0;
}

const struct kind memory_kind = {
	.path = "memory",
	.summary = "how much memory the host keeps, and how often the rest may be promised",
	.shape = SHAPE_SINGLE,
	.flags = KIND_KEEPS | KIND_UNMARKED | KIND_JUDGES,
	.adopt = ADOPT_QUIETLY,
	.record = &record,
	.needs = (const char *const[]){ "slices", NULL },
	.complete = memory_complete,
	.check = memory_check,
	.observe = memory_observe,
	.probe = memory_probe,
	.same = same_name,
	.plan = memory_plan,
	.render = render_nothing,
};
