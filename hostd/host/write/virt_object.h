/* virt_object.h - what libvirt's networks, pools and (in part) domains have in common: they are
 * defined and undefined, started and stopped, and start by themselves or not. */
#pragma once

#include "host/write/write.h"

/* libvirt's calls for one class of objects; each returns what libvirt's own does. */
struct virt_class {
	const char *what; /* "network", for faults */
	void *(*find)(virConnectPtr connection, const char *name);
	int (*release)(void *object);
	int (*autostart)(void *object, int *ret_on);
	int (*set_autostart)(void *object, int on);
	enum verb autostarts;
	/* Of networks and pools alone; a guest's life is more than that (domains.c). */
	int (*persistent)(void *object);
	int (*active)(void *object);
	int (*start)(void *object);
	int (*stop)(void *object);
	int (*undefine)(void *object);
	char *(*definition)(void *object); /* the one that stays; free() it */
	void *(*define)(virConnectPtr connection, const char *xml);
	enum verb defines, undefines, starts, stops;
};

struct virt_object { /* released over the scope: VIRT_OBJECT */
	const struct virt_class *class;
	void *at; /* NULL: none */
};
void virt_object_cleanup(struct virt_object *object);
#define VIRT_OBJECT __attribute__((cleanup(virt_object_cleanup)))

/* The object of this name: 1, 0 or -1 (object_need: 0 or -1). */
int object_find(struct write *write, const char *name, struct virt_object *ret,
		struct faults *faults) MUST_CHECK;
int object_need(struct write *write, const char *name, struct virt_object *ret,
		struct faults *faults) MUST_CHECK;

#define OBJECT_VERB(act)                                                                \
	int object_##act##_inverse(const struct virt_class *class, struct write *write, \
				   const struct step *step, struct step *ret,           \
				   struct faults *faults) MUST_CHECK;                   \
	int object_##act##_perform(const struct virt_class *class, struct write *write, \
				   const struct step *step, struct outcome *ret,        \
				   struct faults *faults) MUST_CHECK
OBJECT_VERB(define);
OBJECT_VERB(undefine);
OBJECT_VERB(start);
OBJECT_VERB(stop);
OBJECT_VERB(autostart);
#undef OBJECT_VERB
int object_restart_perform(const struct virt_class *class, struct write *write,
			   const struct step *step, struct outcome *ret,
			   struct faults *faults) MUST_CHECK;

/* The two functions of a verb of a class: OBJECT_ACT(pool, &pools, start). */
#define OBJECT_ACT(noun, class, act)                                                               \
	int noun##_##act##_inverse(struct write *write, const struct step *step, struct step *ret, \
				   struct faults *faults)                                          \
	{                                                                                          \
		return object_##act##_inverse(class, write, step, ret, faults);                    \
	}                                                                                          \
	int noun##_##act##_perform(struct write *write, const struct step *step,                   \
				   struct outcome *ret, struct faults *faults)                     \
	{                                                                                          \
		return object_##act##_perform(class, write, step, ret, faults);                    \
	}

/* All verbs that networks and pools have in common. */
#define OBJECT_ACTS(noun, class)                                                 \
	OBJECT_ACT(noun, class, define)                                          \
	OBJECT_ACT(noun, class, undefine)                                        \
	OBJECT_ACT(noun, class, start)                                           \
	OBJECT_ACT(noun, class, stop)                                            \
	OBJECT_ACT(noun, class, autostart)                                       \
	int noun##_restart_perform(struct write *write, const struct step *step, \
				   struct outcome *ret, struct faults *faults)   \
	{                                                                        \
		return object_restart_perform(class, write, step, ret, faults);  \
	}

/* The row of one of these classes, of functions that are called as its members are. */
#define OBJECT_CLASS(noun)                                                                \
	{                                                                                 \
		.what = #noun, .find = find, .release = release, .autostart = autostart,  \
		.set_autostart = set_autostart, .autostarts = VERB_##noun##_autostart,    \
		.persistent = persistent, .active = active, .start = start, .stop = stop, \
		.undefine = undefine, .definition = definition, .define = define,         \
		.defines = VERB_##noun##_define, .undefines = VERB_##noun##_undefine,     \
		.starts = VERB_##noun##_start, .stops = VERB_##noun##_stop,               \
	}

/* A call of libvirt's on one object, as the table holds it. */
#define OBJECT_CALL(name, call)       \
	static int name(void *object) \
	{                             \
		return call(object);  \
	}
