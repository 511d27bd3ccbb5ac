/* guest_memory.h - the memory of a guest: what backs it, its limits, its modules.
 *
 * Rows as guest_rows.h has them: a field of the language and its place in domain XML. */
#pragma once

#include "formats/guest_parts.h"
#include "formats/guest_rows.h"

#define GUEST_MEMORY_PAGE_ROWS(ROW, R)                   \
	ROW(R, SIZE, size, "@size", "of a page (size=)") \
	ROW(R, CPUS, cells, "@nodeset",                  \
	    "the guest's cells that use it; all where not said (nodeset=)")
ROWS_STRUCT(guest_memory_page, GUEST_MEMORY_PAGE_ROWS);

extern const struct bind_members guest_memory_pages;

#define GUEST_HUGE_PAGES_ROWS(ROW, R)                                                     \
	ROW(R, MANY, pages, "page", "sizes, where it is not the host's default (<page>)", \
	    guest_memory_page, guest_memory_pages)
ROWS_STRUCT(guest_huge_pages, GUEST_HUGE_PAGES_ROWS);

#define GUEST_MEMORY_SLOTS_ROWS(ROW, R)                         \
	ROW(R, SIZE, max, "", "most memory with modules added") \
	ROW(R, COUNT, slots, "@slots", "how many modules fit (slots=)")
ROWS_STRUCT(guest_memory_slots, GUEST_MEMORY_SLOTS_ROWS);

#define GUEST_MEMORY_NODES_ROWS(ROW, R)                                                           \
	ROW(R, WORD, mode, "@mode", "strict, preferred, interleave or restrictive (mode=)",       \
	    "strict", "preferred", "interleave", "restrictive")                                   \
	ROW(R, WORD, placement, "@placement", "static, or auto for numad (placement=)", "static", \
	    "auto")                                                                               \
	LIVE(ROW, R, CPUS, nodes, "@nodeset", "memory nodes of the host (nodeset=)")
ROWS_STRUCT(guest_memory_nodes, GUEST_MEMORY_NODES_ROWS);

#define GUEST_CELL_NODES_ROWS(ROW, R)                                                       \
	ROW(R, WORD, mode, "@mode", "strict, preferred, interleave or restrictive (mode=)", \
	    "strict", "preferred", "interleave", "restrictive")                             \
	ROW(R, CPUS, nodes, "@nodeset", "memory nodes of the host (nodeset=)")
ROWS_STRUCT(guest_cell_place, GUEST_CELL_NODES_ROWS);

extern const struct bind_members guest_cell_nodes;

/* of struct guest_memory, besides its own */
#define GUEST_MEMORY_ROWS(ROW, R)                                                          \
	ROW(R, ONOFF, dump_core, "memory@dumpCore",                                        \
	    "whether a core dump of QEMU holds it (<memory dumpCore=>)")                   \
	ROW(R, PART, hotplug, "maxMemory", "room for memory modules (<maxMemory>)",        \
	    guest_memory_slots)                                                            \
	ROW(R, PART, huge_pages, "memoryBacking/hugepages",                                \
	    "huge pages; {} for the host's default size (<hugepages>)", guest_huge_pages)  \
	ROW(R, PRESENT, nosharepages, "memoryBacking/nosharepages",                        \
	    "whether KSM leaves it alone (<nosharepages>)")                                \
	ROW(R, PRESENT, locked, "memoryBacking/locked",                                    \
	    "whether it is never swapped out (<locked>)")                                  \
	ROW(R, WORD, source, "memoryBacking/source@type",                                  \
	    "anonymous, file or memfd (<source type=>)", "file", "anonymous", "memfd")     \
	ROW(R, WORD, access, "memoryBacking/access@mode",                                  \
	    "shared with other processes (virtiofs, vhost-user) or private "               \
	    "(<access mode=>)",                                                            \
	    "shared", "private")                                                           \
	ROW(R, WORD, allocation, "memoryBacking/allocation@mode",                          \
	    "immediate or ondemand (<allocation mode=>)", "immediate", "ondemand")         \
	ROW(R, COUNT, allocation_threads, "memoryBacking/allocation@threads",              \
	    "threads that allocate it (<allocation threads=>)")                            \
	ROW(R, PRESENT, discard, "memoryBacking/discard",                                  \
	    "whether its content goes when the guest does (<discard>)")                    \
	LIVE(ROW, R, SIZE, hard_limit, "memtune/hard_limit",                               \
	     "the most that QEMU may use in all (<hard_limit>)")                           \
	LIVE(ROW, R, SIZE, soft_limit, "memtune/soft_limit",                               \
	     "what is left to it when memory is short (<soft_limit>)")                     \
	LIVE(ROW, R, SIZE, swap_limit, "memtune/swap_hard_limit",                          \
	     "the most memory and swap together (<swap_hard_limit>)")                      \
	ROW(R, SIZE, min_guarantee, "memtune/min_guarantee",                               \
	    "what it gets in any case (<min_guarantee>)")                                  \
	ROW(R, PART, numa, "numatune/memory", "memory nodes of the host (<memory>)",       \
	    guest_memory_nodes)                                                            \
	ROW(R, KEYED, cell_nodes, "numatune/memnode",                                      \
	    "memory nodes of the host by cell of the guest (<memnode>)", guest_cell_place, \
	    guest_cell_nodes)

#define GUEST_MODULE_ROWS(ROW, R)                                                                \
	ROW(R, WORD, model, "@model", "dimm, nvdimm, virtio-mem, virtio-pmem, sgx-epc (model=)", \
	    "dimm", "nvdimm", "virtio-pmem", "virtio-mem", "sgx-epc")                            \
	ROW(R, WORD, access, "@access", "shared or private (access=)", "shared", "private")      \
	ROW(R, YESNO, discard, "@discard",                                                       \
	    "whether its content goes when the guest does (discard=)")                           \
	ROW(R, TEXT, uuid, "uuid", "of an nvdimm on pSeries (<uuid>)")                           \
	ROW(R, SIZE, page_size, "source/pagesize", "of the pages behind it (<pagesize>)")        \
	ROW(R, CPUS, nodes, "source/nodemask", "memory nodes of the host (<nodemask>)")          \
	ROW(R, TEXT, path, "source/path", "file behind an nvdimm or virtio-pmem (<path>)")       \
	ROW(R, SIZE, align, "source/alignsize", "alignment of that file (<alignsize>)")          \
	ROW(R, PRESENT, pmem, "source/pmem", "whether the file is persistent memory (<pmem>)")   \
	ROW(R, YESNO, dynamic_slots, "target@dynamicMemslots",                                   \
	    "whether a virtio-mem takes slots only for what is plugged in "                      \
	    "(<target dynamicMemslots=>)")                                                       \
	ROW(R, SIZE, size, "target/size", "its size (<size>)")                                   \
	ROW(R, COUNT, cell, "target/node", "the guest's cell it belongs to (<node>)")            \
	ROW(R, SIZE, block, "target/block", "granularity of a virtio-mem (<block>)")             \
	LIVE(ROW, R, SIZE, requested, "target/requested",                                        \
	     "how much of a virtio-mem the guest is to have (<requested>)")                      \
	ROW(R, SIZE, current, "target/current", "how much of it the guest has (<current>)")      \
	ROW(R, SIZE, label_size, "target/label/size", "label area of an nvdimm (<size>)")        \
	ROW(R, PRESENT, read_only, "target/readonly",                                            \
	    "whether the guest may only read (<readonly>)")                                      \
	ROW(R, PART, target_address, "target/address", "where it lies in the guest (<address>)", \
	    guest_address)                                                                       \
	ROW(R, COUNT, acpi_index, "acpi@index",                                                  \
	    "number in the guest's firmware tables (<acpi index=>)")                             \
	ROW(R, PART, slot, "address", "slot it is in (<address>)", guest_address)                \
	ROW(R, ALIAS, alias, "alias@name", "libvirt's name of it, where that is not ours (<alias>)")
ROWS_STRUCT(guest_module, GUEST_MODULE_ROWS);

extern const struct bind_members guest_modules;
