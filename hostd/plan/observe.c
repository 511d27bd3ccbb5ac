#include "base/text.h"
#include "plan/plan.h"

static bool kind_matters(const struct kind *kind, const struct desired *desired,
			 const struct items *ledger)
{
	EACH(item, &desired->items.list)
		if ((*item)->kind == kind)
			return true;
	EACH(item, &ledger->list)
		if ((*item)->kind == kind)
			return true;
	return false;
}

static bool record_names(const struct record *record, const char *kind)
{
	for (size_t i = 0; i < record->field_count; i++) {
		const struct field *field = &record->fields[i];
		if (string_equal(field->target, kind) ||
		    (field->record && record_names(field->record, kind)))
			return true;
	}
	return false;
}

/* libvirt's volumes are named by pool and path: no field says so, but who comes after them. */
static bool kind_uses(const struct kind *kind, const struct kind *used)
{
	if (record_names(kind->record, used->path))
		return true;
	for (const char *const *need = kind->needs; *need; need++)
		if (used->flags & KIND_STOOD_ON && string_equal(*need, used->path))
			return true;
	return false;
}

/* Whether items of this kind may use what is to be removed, or what others stand on: somebody
 * else's guest may run with a volume of ours though no guest is described. */
static bool kind_may_use(const struct kind *kind, const struct desired *desired,
			 const struct items *ledger)
{
	EACH(each, &ledger->list) {
		const struct item *item = *each;
		bool stays = items_find(&desired->items, item->kind, item->name);
		if ((!stays || item->kind->flags & KIND_STOOD_ON) && kind_uses(kind, item->kind))
			return true;
	}
	EACH(each, &desired->items.list) {
		const struct kind *used = (*each)->kind;
		if (used->flags & KIND_STOOD_ON && kind_uses(kind, used))
			return true;
	}
	return false;
}

/* What cannot be told of one item stops that one. */
static void seen_probe(struct seen_kind *seen, struct arena *arena, struct host *host,
		       const struct desired *desired)
{
	EACH(each, &desired->items.list) {
		const struct item *item = *each;
		struct seen_facts facts = { .want = item };
		struct faults why;
		if (item->kind != seen->kind || !seen->kind->probe)
			continue;
		faults_init(&why, arena);
		if (seen->kind->probe(host, arena, item, desired, &facts.facts, &why) < 0)
			facts.unread = fault_sentence(arena, fault_last(&why));
		ARRAY_PUSH(arena, &seen->facts, facts);
	}
}

static void seen_look(struct seen *seen, const struct kind *kind, struct host *host,
		      const struct desired *desired, const struct items *ledger,
		      struct faults *faults)
{
	struct seen_kind *one = ARRAY_ADD(seen->arena, &seen->kinds);

	one->kind = kind;
	one->configured = one->running = (struct items){
		.arena = seen->arena,
		.wanted = &desired->items,
		.given = ledger,
	};
	WITHIN(faults, "%s: observe", kind->path);
	one->configured.all = one->running.all = desired->describing;
	one->failed = kind->observe(host, &one->configured, &one->running, faults) < 0;
	if (!one->failed)
		seen_probe(one, seen->arena, host, desired);
}

void seen_observe(struct seen *seen, struct arena *arena, struct host *host,
		  const struct desired *desired, const struct items *ledger, struct faults *faults)
{
	struct faults unheard; /* of who only may use something: its kind says what follows */

	faults_init(&unheard, arena);
	*seen = (struct seen){ .arena = arena };
	for (const struct kind *const *kind = desired->kinds; *kind; kind++) {
		if ((*kind)->flags & KIND_SETTINGS)
			continue;
		if (kind_matters(*kind, desired, ledger))
			seen_look(seen, *kind, host, desired, ledger, faults);
		else if (kind_may_use(*kind, desired, ledger))
			seen_look(seen, *kind, host, desired, ledger, &unheard);
	}
}

void seen_observe_all(struct seen *seen, struct arena *arena, struct host *host,
		      const struct kind *const *all, const struct items *ledger,
		      struct faults *faults)
{
	struct desired *nothing = ARENA_NEW(arena, struct desired);

	*nothing = (struct desired){
		.arena = arena, .kinds = all, .items.arena = arena, .describing = true
	};
	*seen = (struct seen){ .arena = arena };
	for (const struct kind *const *kind = all; *kind; kind++)
		if ((*kind)->describe || (*kind)->flags & KIND_GATE)
			seen_look(seen, *kind, host, nothing, ledger, faults);
}
