/* write.h - performing steps: what the files of this room share.
 *
 * Every verb of resource/verbs.def has two functions: VERB_inverse looks at the machine and says
 * what would undo the step, VERB_perform does it.  Both are found by the verb's name (write.c), so
 * that none can be forgotten.  Strings and bodies they return live in `write->arena`.
 *
 * To perform a step whose effect is already there yields RESULT_SAME and touches nothing; its
 * inverse is then `nothing`, so that a rollback never takes away what was there before.
 */
#pragma once

#include "base/fault.h"
#include "formats/refusal.h"
#include "host/read/live_bus.h"
#include "host/read/live_virt.h"
#include "resource/step.h"

struct write {
	struct performer performer;
	struct arena *arena;       /* of this call */
	struct progress *progress; /* of this call, or NULL */
	struct bus bus;
	struct virt virt;
};

#define VERB(name, ...)                                                                            \
	int name##_inverse(struct write *write, const struct step *step, struct step *ret_inverse, \
			   struct faults *faults) MUST_CHECK;                                      \
	int name##_perform(struct write *write, const struct step *step,                           \
			   struct outcome *ret_outcome, struct faults *faults) MUST_CHECK;
/* Nothing undoes these, or nothing need. */
#define unmake_inverse             inverse_nothing
#define link_await_inverse         inverse_nothing
#define pool_refresh_inverse       inverse_nothing
#define image_remove_inverse       inverse_nothing
#define volume_resize_inverse      inverse_nothing
#define volume_remove_inverse      inverse_nothing
#define pool_volume_resize_inverse inverse_nothing
#define pool_volume_delete_inverse inverse_nothing
#define swap_format_inverse        inverse_nothing
#define nothing_inverse            inverse_nothing
#define host_reboot_inverse        inverse_nothing
#define kexec_unload_inverse       inverse_nothing
/* These are done again, after whatever else was put back (engine/rollback.c). */
#define unit_restart_inverse     inverse_itself
#define grub_update_inverse      inverse_itself
#define unit_reload_inverse      inverse_itself
#define units_reload_inverse     inverse_itself
#define links_reload_inverse     inverse_itself
#define module_reload_inverse    inverse_itself
#define network_restart_inverse  inverse_itself
#define pool_restart_inverse     inverse_itself
#define link_reconfigure_inverse inverse_itself
#include "resource/verbs.def"
#undef VERB

/* A step with up to three arguments, which must outlive the inverse; 0. */
int inverse_of(struct step *ret, enum verb verb, const char *first, const char *second,
	       const char *third);
/* As above, with a body (not copied). */
int inverse_body(struct step *ret, const char *body, size_t size);

/* Sets the outcome; 0. */
int outcome_is(struct outcome *ret, enum result result);
/* Pending until, or refused because; 0.  `why` lives in the call's arena. */
int outcome_why(struct outcome *ret, enum result result, const char *why);

/* The text of argument `index` as a number; FAULT_HOST where it is none. */
int argument_number(const struct step *step, unsigned index, uint64_t *ret,
		    struct faults *faults) MUST_CHECK;

/* Whether the run may go on; -1 with a fault where it was cancelled or is out of time. */
int still_wanted(struct write *write, uint64_t done, uint64_t total,
		 struct faults *faults) MUST_CHECK;

/* The inverse of what is about to make a file or folder at `path`: `removal`, or unmake where
 * folders above it are made with it. */
int inverse_making(struct write *write, enum verb removal, const char *path, struct step *ret,
		   struct faults *faults) MUST_CHECK;

/* Of a disk file, for whoever changes it (volumes.c).  Whether QEMU has it open: 1, 0, -1. */
int disk_is_held(struct write *write, const char *path, struct faults *faults) MUST_CHECK;
/* Has the running guest that it is a disk of let it grow: 1; 0 where there is none; -1. */
int disk_resize_in_guest(struct write *write, const char *path, uint64_t bytes,
			 struct faults *faults) MUST_CHECK;

/* Leaves a note for the next plan, below /run; that it cannot be left is no reason to fail. */
void note_leave(struct write *write, const char *path, const char *text);

/* Removes a regular file; RESULT_SAME where nothing stands there. */
int file_unlink(struct write *write, const char *path, struct outcome *ret,
		struct faults *faults) MUST_CHECK;

/* Loads the module called `name` or, where there is none, those that the device's own name in the
 * file at `alias_path` stands for; FAULT_HOST where the kernel refuses. */
int module_wake(struct write *write, const char *name, const char *alias_path,
		struct faults *faults) MUST_CHECK;

/* What images and volumes carry of ours: "volumes.web-data". */
#define MARK_NAME   "user.gasthof"
#define DIGEST_NAME "user.gasthof.sha256"
/* What a volume stands on, as DIGEST_NAME of that image said when the volume was made. */
#define BACKING_NAME "user.gasthof.backing"

/* Marks an open file; NULL leaves it as it is. */
int mark_set(int fd, const char *path, const char *mark, struct faults *faults) MUST_CHECK;

/* A step's "true" or "false". */
int argument_flag(const struct step *step, unsigned index, bool *ret,
		  struct faults *faults) MUST_CHECK;

/* systemd answers before what it was told reaches the cgroups of units that run; but it serves
 * nobody until it does. */
int manager_settle(struct write *write, struct faults *faults) MUST_CHECK;

/* Whether what is waited for is so: 1, 0 not yet, -1 with a fault. */
typedef int virt_done(virDomainPtr domain, const void *context, struct faults *faults);

/* Waits until `done` says 1, looking again whenever libvirt tells of an event of the domain
 * (VIR_DOMAIN_EVENT_ID_LIFECYCLE), and once a second, for at most `seconds`: 1 done, 0 not in time,
 * -1 with a fault (`done` added it, or cancelled). */
int virt_wait(struct write *write, virDomainPtr domain, virt_done *done, const void *context,
	      uint64_t seconds, struct faults *faults) MUST_CHECK;

/* The same of a device that the guest is to give up: `ask` (0, or -1 with a fault) asks it once
 * its answer is listened for (VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, DEVICE_REMOVAL_FAILED).  Ends
 * at once where it says no: 0 with *ret_refused. */
typedef int virt_ask(struct write *write, virDomainPtr domain, const void *context,
		     struct faults *faults);
int virt_wait_removal(struct write *write, virDomainPtr domain, const char *alias, virt_ask *ask,
		      virt_done *done, const void *context, uint64_t seconds, bool *ret_refused,
		      struct faults *faults) MUST_CHECK;

/* What libvirt's last error says where it is of something that cannot be done while the guest runs:
 * not at all, not to this device, no slot left; NULL where it is any other (a file that is not
 * there, a libvirtd that does not answer), which the next start would meet too. */
const char *virt_refusal(struct write *write);

/* Notes that a running guest did not take the step, for as long as it runs (formats/refusal.h), and
 * sets the outcome: later; 0. */
int outcome_later(struct write *write, virDomainPtr domain, const struct step *step,
		  const char *why, enum refusal_state state, struct outcome *ret);

/* host_module's heard: notes what guests said of devices they were asked for (formats/heard.h, a
 * line each) since the run that asked.  The caller holds the journal's lock, as runs do. */
void refusals_news(struct arena *arena, const char *news);

/* The domain of this name: 1, 0 or -1 (domain_need: 0 or -1).  The caller frees it (VIRT_DOMAIN).
 */
int domain_find(struct write *write, const char *name, virDomainPtr *ret,
		struct faults *faults) MUST_CHECK;
int domain_need(struct write *write, const char *name, virDomainPtr *ret,
		struct faults *faults) MUST_CHECK;

/* A scope as VIR_DOMAIN_AFFECT flags. */
int scope_flags(const char *scope, unsigned *ret, struct faults *faults) MUST_CHECK;
const char *scope_name(unsigned flags);

/* Walks those of `scopes` in turn, what runs first. */
#define EACH_SCOPE(one, scopes)                                                                 \
	for (unsigned one = VIR_DOMAIN_AFFECT_LIVE; one <= VIR_DOMAIN_AFFECT_CONFIG; one <<= 1) \
		if ((scopes)&one)

/* A step's domain, and what of the step's scope it has: one that is off has no running half. */
int domain_within(struct write *write, const char *name, const char *scope, virDomainPtr *ret,
		  unsigned *ret_scope, struct faults *faults) MUST_CHECK;

/* The definition in one scope, with its passwords. */
int domain_dump(struct write *write, virDomainPtr domain, unsigned scope, const char **ret,
		struct faults *faults) MUST_CHECK;

/* host_module's open_performer. */
struct performer *write_open(struct arena *arena, struct faults *faults);
