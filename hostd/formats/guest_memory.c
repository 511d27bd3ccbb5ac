#include "formats/guest_memory.h"

ROWS_TABLE(guest_memory_page, GUEST_MEMORY_PAGE_ROWS);
const struct bind_members guest_memory_pages = { .table = &guest_memory_page_table,
						 .word = "page" };

ROWS_TABLE(guest_huge_pages, GUEST_HUGE_PAGES_ROWS);
ROWS_TABLE(guest_memory_slots, GUEST_MEMORY_SLOTS_ROWS);
ROWS_TABLE(guest_memory_nodes, GUEST_MEMORY_NODES_ROWS);
ROWS_TABLE(guest_cell_place, GUEST_CELL_NODES_ROWS);
const struct bind_members guest_cell_nodes = { .table = &guest_cell_place_table,
					       .foreign = "@cellid",
					       .keyed = true };

ROWS_TABLE(guest_module, GUEST_MODULE_ROWS);
const struct bind_members guest_modules = {
	.alias = "ua-memory-",
	.table = &guest_module_table,
	.foreign = "@model",
	.plug = "@model",
	.plugged = "address,target/address",
	.word = "module",
};
