#include "kinds/guests_memory.h"

#include "formats/shortfall.h"
#include "kinds/guests_pins.h"
#include "kinds/other.h"

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)
#define GIB ((uint64_t)1 << 30)

int memory_machine_look(struct host *host, struct memory_machine *ret, struct faults *faults)
{
	const char *text = "";
	size_t size = 0;

	if (host_read(host, "/proc/meminfo", &text, &size, faults) < 0)
		return -1;
	*ret = (struct memory_machine){
		.total = meminfo_bytes(text, "MemTotal"),
		.swap = meminfo_bytes(text, "SwapTotal"),
		.pages = meminfo_bytes(text, "Hugetlb"),
	};
	return 0;
}

const char *memory_text(struct arena *arena, uint64_t bytes)
{
	uint64_t rounded = bytes >= 10 * GIB ? bytes / (GIB / 4) * (GIB / 4) : bytes / MIB * MIB;

	if (rounded % GIB && rounded >= 10 * GIB)
		return arena_printf(arena, "%.2fGiB", (double)rounded / (double)GIB);
	return type_text_of(&type_bytes, &(struct bytes){ rounded }, arena);
}

uint64_t memory_reserve_default(uint64_t total)
{
	uint64_t part = total / 16;

	return part < 256 * MIB ? 256 * MIB : part > 4 * GIB ? 4 * GIB : part;
}

/* ---- guests ---- */

static bool runs(const struct item *running)
{
	const struct guest *guest = running ? running->value : NULL;

	return guest && !string_equal(guest->state, "stopped");
}

static uint64_t most_memory(const struct guest *guest)
{
	uint64_t most = guest->memory.most.count;

	return most > guest->memory.size.count ? most : guest->memory.size.count;
}

static bool has_pages(const struct guest *guest)
{
	return GIVEN(&guest_memory_record, &guest->memory, page_size);
}

/* Of a module: a virtio-mem is as large as the guest is asked to make it; what lies in a file is
 * page cache, which the host gives up. */
static uint64_t module_bytes(const struct guest_module *module)
{
	if (GIVEN(&guest_module_record, module, path) || string_equal(module->model, "sgx-epc"))
		return 0;
	if (!string_equal(module->model, "virtio-mem") ||
	    !GIVEN(&guest_module_record, module, requested))
		return module->size.count;
	return module->requested.count > module->current.count ? module->requested.count
							       : module->current.count;
}

/* Of the guest's modules, those that lie in pages of this size; 0: in ordinary ones.  A module
 * lies in what all of its guest lies in, unless it says its own. */
static uint64_t modules_in(const struct guest *guest, uint64_t page_size)
{
	uint64_t sum = 0, usual = has_pages(guest) ? guest->memory.page_size.count : 0;

	for (size_t i = 0; i < guest->memory_modules.count; i++) {
		const struct guest_module *module = guest->memory_modules.at[i].value;
		bool own = GIVEN(&guest_module_record, module, page_size) &&
			   module->page_size.count > 4 * KIB;
		if ((own ? module->page_size.count : usual) == page_size)
			sum += module_bytes(module);
	}
	return sum;
}

static uint64_t ordinary_memory(const struct guest *guest)
{
	return (has_pages(guest) ? 0 : most_memory(guest)) + modules_in(guest, 0);
}

/* QEMU itself, its page tables (8 bytes for each 4 KiB) and a stack and buffers for each vCPU. */
static uint64_t overhead_of(const struct guest *guest)
{
	uint64_t vcpus =
		guest->vcpus.most > guest->vcpus.count ? guest->vcpus.most : guest->vcpus.count;

	return 64 * MIB + (most_memory(guest) + modules_in(guest, 0)) / 512 + vcpus * 8 * MIB;
}

uint64_t memory_of_guest(const struct guest *guest)
{
	return ordinary_memory(guest) + overhead_of(guest);
}

static void guest_count(struct memory_account *account, const struct guest *guest, bool busy)
{
	uint64_t ordinary = ordinary_memory(guest);

	account->guests += ordinary;
	account->overhead += overhead_of(guest);
	if (busy)
		account->busy += ordinary + overhead_of(guest);
}

static const struct item *running_of(const struct seen_kind *guests, const struct item *want)
{
	if (guests)
		EACH(item, &guests->running.list)
			if (want->kind->same(want, *item))
				return *item;
	return NULL;
}

/* Every guest that will run: ours as described, others as they are. */
static void guests_count(const struct view *view, struct memory_account *account)
{
	const struct seen_kind *guests = seen_find(view->seen, "guests");

	DESIRED_EACH(item, view->desired, "guests") {
		const struct item *running = running_of(guests, item);
		if (guest_will_run(item->value, running))
			guest_count(account, item->value, runs(running));
	}
	if (guests)
		EACH(item, &guests->running.list)
			if (!guest_is_described(view->desired, *item) && !(*item)->ours &&
			    runs(*item))
				guest_count(account, (*item)->value, true);
}

/* ---- pages and the rest ---- */

static uint64_t size_of(const struct item *item)
{
	struct bytes size = {};

	return bytes_parse(item->name, &size) ? size.count : 0;
}

static uint32_t pages_of(const struct item *item)
{
	const uint32_t *count = other_value(item->kind->record, item->value, "count", &type_count);

	return count ? *count : 0;
}

static const struct item *described_pages(const struct desired *desired, uint64_t bytes)
{
	DESIRED_EACH(item, desired, "memory.hugepages")
		if (size_of(item) == bytes)
			return item;
	return NULL;
}

static uint64_t pages_count(const struct view *view, const struct memory_machine *machine)
{
	const struct seen_kind *seen = seen_find(view->seen, "memory.hugepages");
	uint64_t sum = 0;

	if (!seen || seen->failed)
		return machine->pages;
	DESIRED_EACH(item, view->desired, "memory.hugepages")
		sum += size_of(item) * pages_of(item);
	EACH(item, &seen->running.list)
		if (!described_pages(view->desired, size_of(*item)))
			sum += size_of(*item) * pages_of(*item);
	return sum;
}

static uint64_t swap_described(const struct desired *desired)
{
	uint64_t sum = 0;

	DESIRED_EACH(item, desired, "host.swap") {
		const struct bytes *size =
			other_value(item->kind->record, item->value, "size", &type_bytes);
		sum += size ? size->count : 0;
	}
	return sum;
}

void memory_account(const struct view *view, const struct memory_machine *machine,
		    struct memory_account *ret)
{
	const struct item *memory = desired_find(view->desired, "memory", "");
	const struct record *record = memory ? memory->kind->record : NULL;
	const struct bytes *reserve =
		memory ? other_value(record, memory->value, "reserve", &type_bytes) : NULL;
	const struct ratio *factor =
		memory ? other_value(record, memory->value, "overcommit", &type_ratio) : NULL;
	uint64_t swap = swap_described(view->desired);

	*ret = (struct memory_account){
		.machine = *machine,
		.swap = swap > machine->swap ? swap : machine->swap,
		.reserve = reserve ? reserve->count : memory_reserve_default(machine->total),
		.pages = pages_count(view, machine),
		.thousandths = factor ? factor->thousandths : 1000,
	};
	guests_count(view, ret);
}

/* ---- judging ---- */

static uint64_t left(uint64_t all, uint64_t less)
{
	return all > less ? all - less : 0;
}

/* What is there for guests: as it is, and as often as it may be promised. */
static uint64_t plain_room(const struct memory_account *account)
{
	return left(account->machine.total, account->reserve + account->pages);
}

static uint64_t promised_room(const struct memory_account *account)
{
	return (uint64_t)((double)plain_room(account) * (double)account->thousandths / 1000.0);
}

int memory_fits(const struct memory_account *account, uint64_t need, struct mark mark,
		struct faults *faults)
{
	struct arena *arena = faults->arena;
	uint64_t room = promised_room(account), all = plain_room(account) + account->swap;
	bool killed = need <= room && need > all; /* PIT31 */

	if (!account->machine.total || (need <= room && !killed))
		return 0;
	struct text text = text_of(arena);
	text_addf(&text, "the guests that are to run need %s with what QEMU itself takes, and %s ",
		  memory_text(arena, need), memory_text(arena, killed ? all : room));
	text_addf(&text, "are there for them: of %s the host keeps %s",
		  memory_text(arena, account->machine.total), memory_text(arena, account->reserve));
	if (account->pages)
		text_addf(&text, ", huge pages %s", memory_text(arena, account->pages));
	if (killed)
		text_addf(&text, ", and swap is %s", memory_text(arena, account->swap));
	else if (account->thousandths != 1000)
		text_addf(
			&text, ", and the rest counts %s times",
			type_text_of(&type_ratio, &(struct ratio){ account->thousandths }, arena));
	(void)fault(faults, FAULT_MACHINE, "%s", text.at);
	fault_last(faults)->mark = mark;
	return -1;
}

int memory_holds_pages(const struct memory_account *account, struct mark mark,
		       struct faults *faults)
{
	struct arena *arena = faults->arena;
	bool fits = account->busy <= promised_room(account) &&
		    account->busy <= plain_room(account) + account->swap;

	if (!account->machine.total ||
	    (account->pages + account->reserve <= account->machine.total && fits))
		return 0;
	struct text text = text_of(arena);
	if (account->pages)
		text_addf(&text, "%s of huge pages and ", memory_text(arena, account->pages));
	text_addf(&text, "%s for the host", memory_text(arena, account->reserve));
	if (account->busy)
		text_addf(&text, " and %s of guests that run", memory_text(arena, account->busy));
	(void)fault(faults, FAULT_MACHINE, "%s are more than this machine's %s", text.at,
		    memory_text(arena, account->machine.total));
	fault_last(faults)->mark = mark;
	return -1;
}

/* ---- pages for guests ---- */

struct demand {
	uint64_t size;
	bool on_node;
	uint32_t node;
	uint64_t pages;
};

/* What of a guest lies in these pages; where a module is tied to, its guest's node is taken for. */
static uint64_t taken_from(const struct guest *guest, const struct demand *demand)
{
	const struct guest_memory *memory = &guest->memory;
	bool on_node = GIVEN(&guest_memory_record, memory, node);
	bool all = GIVEN(&guest_memory_record, memory, page_size) &&
		   memory->page_size.count == demand->size;

	if (demand->on_node && (!on_node || memory->node != demand->node))
		return 0;
	return (all ? most_memory(guest) : 0) + modules_in(guest, demand->size);
}

static uint64_t demand_of(const struct view *view, const struct demand *demand)
{
	const struct seen_kind *guests = seen_find(view->seen, "guests");
	uint64_t bytes = 0;

	DESIRED_EACH(item, view->desired, "guests") {
		const struct guest *guest = item->value;
		if (guest_will_run(guest, running_of(guests, item)))
			bytes += taken_from(guest, demand);
	}
	if (guests)
		EACH(item, &guests->running.list)
			if (!guest_is_described(view->desired, *item) && !(*item)->ours &&
			    runs(*item))
				bytes += taken_from((*item)->value, demand);
	return (bytes + demand->size - 1) / demand->size;
}

static const uint32_t *node_pages(struct arena *arena, const struct item *pages, uint32_t node)
{
	const struct record *record = NULL;
	const struct map *nodes = other_map(pages->kind->record, pages->value, "nodes", &record);
	const struct member *member =
		nodes ? map_get(nodes, arena_printf(arena, "%u", node)) : NULL;

	return member ? other_value(record, member->value, "count", &type_count) : NULL;
}

static bool stands_on_nodes(const struct item *pages)
{
	const struct record *record = NULL;
	const struct map *nodes = other_map(pages->kind->record, pages->value, "nodes", &record);

	return nodes && nodes->count;
}

uint64_t memory_pages_on(const struct view *view, uint64_t page_size, uint32_t node, uint64_t nodes)
{
	struct arena *arena = view->desired->arena;
	uint64_t sum = 0;

	DESIRED_EACH(item, view->desired, "memory.hugepages") {
		const uint32_t *here = node_pages(arena, item, node);
		uint64_t count = here                    ? *here
				 : stands_on_nodes(item) ? 0
							 : pages_of(item) / (nodes ? nodes : 1);
		if (!page_size || size_of(item) == page_size)
			sum += count * size_of(item);
	}
	return sum;
}

static int demand_check(const struct view *view, const struct item *guest, const struct item *pages,
			const struct demand *demand, struct faults *faults)
{
	struct arena *arena = faults->arena;
	const uint32_t *on_node = demand->on_node ? node_pages(arena, pages, demand->node) : NULL;
	uint32_t there = !demand->on_node ? pages_of(pages) : on_node ? *on_node : 0;
	uint64_t asked = demand_of(view, demand);

	if (asked <= there)
		return 0;
	(void)fault(faults, FAULT_MACHINE,
		    "the guests that are to run take %llu pages of %s%s, and %u are reserved",
		    (unsigned long long)asked, pages->name,
		    demand->on_node ? arena_printf(arena, " on node %u", demand->node) : "", there);
	fault_last(faults)->mark = item_mark(guest, "memory");
	return -1;
}

int memory_pages_suffice(const struct view *view, const struct item *guest, struct faults *faults)
{
	const struct guest_memory *memory = &((const struct guest *)guest->value)->memory;
	struct demand demand = { .size = memory->page_size.count, .node = memory->node };
	const struct item *pages =
		has_pages(guest->value) ? described_pages(view->desired, demand.size) : NULL;

	if (!pages)
		return 0; /* a description without them was refused already */
	if (demand_check(view, guest, pages, &demand, faults) < 0)
		return -1;
	demand.on_node = GIVEN(&guest_memory_record, memory, node) && stands_on_nodes(pages);
	return demand.on_node ? demand_check(view, guest, pages, &demand, faults) : 0;
}
