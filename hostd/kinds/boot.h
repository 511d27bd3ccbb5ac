/* boot.h - the kernel's command line as one item, and what the files of its kind share.
 *
 *	boot.c		the kind: record, observe, plan
 *	boot_line.c	whose words stand on a line, and what it becomes
 *	boot_machine.c	what the machine says of its boot, and of the last trial
 *	boot_trial.c	the steps that all ways of booting a trial share
 *	boot_entries.c	systemd-boot, one entry file a line
 *	boot_secure.c	the same with Secure Boot on: signed addons only
 *	boot_addons.c	which addons there are, and what they say
 *	boot_grub.c	GRUB on a plain Debian
 *	boot_kexec.c	no boot loader of ours at all: the running kernel starts the next
 */
#pragma once

#include "formats/cmdline.h"
#include "formats/trial.h"
#include "resource/desired.h"

struct host;

struct argument { /* everything the line says of one name */
	struct given given;
	struct text_list words; /* "console=tty0", "console=ttyS0" */
	const char *by;         /* who says it: a path in the description */
	bool repeats;           /* said by several, one word each (kernel_args_append) */
};

struct boot {
	struct given given;
	const char *when;
	struct map arguments; /* of struct argument, by cmdline_name */
	bool settled;         /* no trial that was kept still has its words on the line */
	const struct boot_machine *machine; /* observed items only; not a field */
};

enum trial_state {
	TRIAL_NONE,
	TRIAL_PREPARED, /* the machine has not been booted since */
	TRIAL_RUNS,     /* this is it, and nobody knows yet */
	TRIAL_KEPT,     /* this is it, and it is healthy */
	TRIAL_FAILED,   /* another line runs now */
};

struct boot_machine {        /* what the machine says */
	const char *running; /* /proc/cmdline, without the words of a trial and of GRUB */
	bool by_grub;        /* GRUB put the kernel's path in front of it */
	const char *next;    /* the line that the next boot will get, without them */
	const char *own;     /* the line that the image or others bring, never ours; or NULL */
	uint32_t generation; /* of the trial that runs, by its own line; 0: none */
	uint32_t newest;     /* the highest generation that left a trace */
	bool settled;
	const struct boot_loader *loader; /* how a line is changed here; NULL: nobody knows */
	const void *entries;              /* the loader's own */
	/* The last trial. */
	enum trial_state state;
	struct trial trial;
	bool healthy;    /* it was, though it may not be what runs now */
	const char *why; /* it failed */
	/* For the next one. */
	const char *boot_id;
	bool watchdog, agent;
	struct text_list links, faults;
};

struct boot_order { /* what a loader is asked to bring about */
	const struct boot_machine *machine;
	const char *line;        /* whole, without the words of a trial */
	uint32_t generation;     /* of the trial; 0: the next */
	const struct boot *want; /* NULL: nothing of ours is left */
};

/* One way to change what the next boot gets. */
struct boot_loader {
	const char *name; /* as people call it */
	/* Whether this machine boots so: 1 with next, own, entries, newest and settled filled, 0,
	 * or -1 with a fault. */
	int (*observe)(struct host *host, struct arena *arena, struct boot_machine *machine,
		       struct faults *faults) MUST_CHECK;
	/* Whether prepare itself asks if the line failed before (boot_trial_refuse): it knows of
	 * more than the line what makes two trials different. */
	bool asks;
	/* The steps to a trial of a new line; -1 with a fault where it cannot be. */
	int (*prepare)(const struct boot_order *order, struct steps *steps,
		       struct faults *faults) MUST_CHECK;
	/* A trial that was kept becomes the line that is always booted; what it replaces goes. */
	void (*settle)(const struct boot_machine *machine, struct steps *steps);
	/* A trial that was prepared and not booted yet is not wanted any more. */
	void (*abandon)(const struct boot_machine *machine, struct steps *steps);
	/* What was healthy it keeps by itself; else the next run does (settle), and a machine that
	 * is booted before that has the line before again. */
	bool keeps;
	/* For host_reboot: "firmware" or "kexec". */
	const char *method;
};
/* In order of asking; NULL-ended. */
extern const struct boot_loader *const boot_loaders[];
extern const struct boot_loader boot_entries, boot_secure, boot_grub, boot_kexec;

extern const struct kind boot_kind;
extern const struct record boot_record, argument_record;

/* ---- boot_line.c ---- */

/* The words of `line` as the arguments of an observed item.  An argument of `want` that
 * stands on it, last of its name and beside nothing of `last`, is as wanted; whatever else the
 * line says of that name was said by others.  What nobody asks for any more is looked for
 * among the words of `last`.  `own`: the line that the image itself brings, or NULL; its words
 * are never ours. */
void boot_arguments(struct arena *arena, const char *line, const char *own, const struct boot *want,
		    const struct boot *last, struct boot *ret);

/* `line` without the words of `last`, but with those of `want` at its end; what others say
 * stays.  Each may be NULL. */
const char *boot_line(struct arena *arena, const char *line, const char *own,
		      const struct boot *want, const struct boot *last);

/* "+nosmt -mitigations=off": how one line differs from another. */
const char *boot_words_changed(struct arena *arena, const char *from, const char *to);

/* ---- boot_machine.c ---- */

/* Everything above; 0 where there is no /proc/cmdline. */
int boot_machine_look(struct host *host, struct arena *arena, struct boot_machine *ret,
		      struct faults *faults) MUST_CHECK;

/* The bytes of an EFI variable behind its attributes (efivarfs), with their count; 1, 0 where
 * there is none, -1. */
int boot_variable(struct host *host, const char *name, const char **ret_bytes, size_t *ret_size,
		  struct faults *faults) MUST_CHECK;
#define LOADER_VENDOR                                                                            \
	"-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"               /* systemd's Boot Loader Interface \
							       */
#define GLOBAL_VENDOR "-8be4df61-93ca-11d2-aa0d-00e098032b8c" /* UEFI's own */

/* The file system that `path` is on: its type and what it is mounted from, as
 * proc_pid_mountinfo(5) tells; 1, 0 where that is not known, -1. */
int boot_mount(struct host *host, struct arena *arena, const char *path, const char **ret_type,
	       const char **ret_source, struct faults *faults) MUST_CHECK;

/* ---- boot_trial.c ---- */

/* The generation of the next trial. */
uint32_t boot_generation(const struct boot_machine *machine);

/* Writes down what the next boot is to be judged by; the first step of every preparation. */
void boot_trial_begin(const struct boot_order *order, struct steps *steps);

/* Takes away what the last trial left. */
void boot_trial_end(struct steps *steps);

/* Whether this very line was tried and failed; with the fault that says so. */
int boot_trial_refuse(const struct boot_machine *machine, const char *line,
		      struct faults *faults) MUST_CHECK;
