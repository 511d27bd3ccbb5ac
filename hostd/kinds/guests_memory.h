/* guests_memory.h - whether the machine's memory is enough for what is asked of it.
 *
 * The host keeps a reserve (memory.reserve), huge pages are taken out whether guests use them or
 * not, and the rest is for guests' ordinary memory and for what QEMU needs itself.  The rest may be
 * promised several times over (memory.overcommit), but never more than it and all swap can hold:
 * beyond that somebody is killed.  Catalogue D23, PIT31 to PIT37.
 */
#pragma once

#include "host/read/host.h"
#include "resource/desired.h"

struct memory_machine { /* bytes */
	uint64_t total; /* MemTotal; 0: not known */
	uint64_t swap;  /* SwapTotal */
	uint64_t pages; /* in huge pages of all sizes (Hugetlb) */
};
int memory_machine_look(struct host *host, struct memory_machine *ret,
			struct faults *faults) MUST_CHECK;

/* What a guest may take in all: its ordinary memory, and QEMU's own. */
struct guest;
uint64_t memory_of_guest(const struct guest *guest);

struct memory_account { /* bytes */
	struct memory_machine machine;
	uint64_t swap;             /* that there is, or that is described */
	uint64_t reserve;          /* memory.reserve, or its default */
	uint64_t pages;            /* huge pages as described; of sizes not described as they are */
	uint64_t guests, overhead; /* ordinary memory of all guests that will run; QEMU's own */
	uint64_t busy;             /* of both, what runs already and will go on */
	uint64_t thousandths;      /* memory.overcommit */
};
void memory_account(const struct view *view, const struct memory_machine *machine,
		    struct memory_account *ret);

/* What is kept for the host where nothing is said: a sixteenth of its memory, at least 256 MiB and
 * at most 4 GiB. */
uint64_t memory_reserve_default(uint64_t total);

/* Whether guests that need `need` bytes fit; else a FAULT_MACHINE with all numbers, at `mark`. */
int memory_fits(const struct memory_account *account, uint64_t need, struct mark mark,
		struct faults *faults) MUST_CHECK;

/* Whether the reserve, all huge pages and the guests that run fit into the machine at all. */
int memory_holds_pages(const struct memory_account *account, struct mark mark,
		       struct faults *faults) MUST_CHECK;

/* Whether the guests that will run with pages of this one's size (and node) find enough of them:
 * 0 for a guest on ordinary memory.  PIT35 */
int memory_pages_suffice(const struct view *view, const struct item *guest,
			 struct faults *faults) MUST_CHECK;

/* Bytes reserved on a node of `nodes` in huge pages of one size (0: of all sizes): as described,
 * and where the nodes are not told apart, an equal share. */
uint64_t memory_pages_on(const struct view *view, uint64_t page_size, uint32_t node,
			 uint64_t nodes);

/* "2560MiB" rounded down to what people can read. */
const char *memory_text(struct arena *arena, uint64_t bytes);
