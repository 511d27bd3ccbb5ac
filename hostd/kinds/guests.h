/* guests.h - the files of the kind guests, among themselves. */
#pragma once

#include "formats/guest.h"
#include "kinds/guests_memory.h"
#include "kinds/pci.h"
#include "kinds/storage.h"

#define SEED_FOLDER "/var/lib/gasthof/seeds"

struct topology;

struct guest_facts {                   /* of the machine, for one wanted guest */
	const struct pci_machine *pci; /* where it has some of it in libvirt's words; or NULL */
	struct memory_machine memory;
	unsigned max_vcpus;        /* that KVM gives a guest; 0: not known */
	unsigned processors;       /* of the machine, online; 0: not known */
	const struct cpus *online; /* which; NULL: not known */
	const struct guest_processor *processor;
	const struct topology *topology; /* where it is tied to processors; or NULL */
	ARRAY(const char *) left_out; /* names of its disks of which guest_disk_left_out says so */
};

/* Whether the guest runs without the disk, or with an empty drive, until the file is there: the
 * disk says that it may lack at a start (startupPolicy), and it does. */
bool guest_disk_left_out(struct host *host, const struct guest_disk *disk);

/* Whether the guest is to run after the plan: it says so, or says nothing and runs or is new. */
bool guest_will_run(const struct guest *want, const struct item *running);

/* Unless it is said to be off. */
bool guest_may_run(const struct guest *guest);

/* Whether two guests that run at the same time would spoil each other's with these: one file that
 * both write, one address of the network (PIT73). */
bool guest_disks_clash(const struct guest_disk *one, const struct guest_disk *other);
bool guest_nics_clash(const struct guest_nic *one, const struct guest_nic *other);

void guests_complete(struct item *item, struct desired *desired, struct faults *faults);
void guests_check(const struct item *item, const struct desired *desired, struct faults *faults);
int guests_observe(struct host *host, struct items *configured, struct items *running,
		   struct faults *faults) MUST_CHECK;
int guests_probe(struct host *host, struct arena *arena, const struct item *want,
		 const struct desired *desired, const void **ret_facts,
		 struct faults *faults) MUST_CHECK;
int guests_resolve(struct item *want, const struct view *view, struct faults *faults) MUST_CHECK;
/* Parts that do not fit each other; and, while planning, what is better not done. */
void guests_fit(const struct item *item, struct faults *faults);
/* What is said in two places, and differently. */
void guests_twice(const struct item *item, struct faults *faults);
void guests_advise(const struct change *change, struct steps *steps);
bool guests_chart(const struct view *view, struct chart *ret);
int guests_import(struct items *items, const char *text, struct faults *faults) MUST_CHECK;
/* The guest that domain XML says, added to `items` under this name (NULL: the nearest to its own);
 * NULL with a fault. */
struct item *guest_of_xml(struct items *items, const char *text, const char *handle,
			  struct faults *faults);
/* The guest as somebody will read it, with all that follows: the item that is then in `alone`, NULL
 * with a fault. */
struct item *guest_completed(struct desired *alone, const struct guest *guest, const char *handle,
			     struct faults *faults);
int guests_describe(struct describing *describing, struct faults *faults) MUST_CHECK;
int guests_take_over(const struct change *change, struct paths *differs, struct steps *steps,
		     struct faults *faults) MUST_CHECK;
int guests_plan(const struct change *change, struct steps *steps, struct faults *faults) MUST_CHECK;

/* What libvirt keeps of a guest beside its definition: says what is lost, and undefines the
 * guest with that. */
void guest_undefine(struct steps *steps, const struct guest *there);
/* Says what becomes of saved memory, and waits where the guest will go on otherwise than it is
 * to be; the class of starting it. */
void guest_saved_plan(const struct change *change, struct steps *steps);
enum class guest_start_class(const struct change *change);

/* The model and the features that a guest's fleet has in common become its own. */
void guest_fleet_check(const struct item *item, const struct desired *desired,
		       struct faults *faults);
int guest_fleet_resolve(struct item *want, const struct view *view,
			struct faults *faults) MUST_CHECK;

/* Whether this host can give the guest its model and features; NULL: nothing to look at. */
struct guest_processor;
int guest_processor_probe(struct host *host, struct arena *arena, const struct guest *guest,
			  const struct guest_processor **ret, struct faults *faults) MUST_CHECK;
int guest_processor_plan(const struct change *change, const struct guest_processor *processor,
			 bool starts, struct steps *steps, struct faults *faults) MUST_CHECK;

/* Functions of the host: what the table cannot say of them; whether this machine can give them:
 * 1, 0 where that has to wait (said in `steps`), -1 with a fault. */
void guest_devices_check(const struct item *item, const struct desired *desired,
			 struct faults *faults);
void guest_vfs_check(const struct item *item, const struct desired *desired, struct faults *faults);
int guest_devices_plan(const struct change *change, struct steps *steps,
		       struct faults *faults) MUST_CHECK;
/* A function whose link the host uses goes with the guest's start: raises those steps' class. */
void guest_devices_cost(const struct change *change, struct steps *steps);

/* The same of functions that are said in libvirt's own words: what they need; whether there are
 * any; whether the host can do without them. */
void guest_words_require(struct item *item, struct desired *desired);
bool guest_has_words(struct arena *arena, const struct guest *guest);
int guest_words_check(const struct change *change, const struct pci_machine *machine,
		      struct faults *faults) MUST_CHECK;
