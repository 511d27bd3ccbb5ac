#include "host/write/virt_object.h"

#include <string.h>

#include "formats/definition.h"
#include "formats/veil.h"

void virt_object_cleanup(struct virt_object *object)
{
	if (object->at)
		object->class->release(object->at);
}

int object_find(struct write *write, const char *name, struct virt_object *ret,
		struct faults *faults)
{
	virConnectPtr connection = virt_connect(&write->virt, faults);

	if (!connection)
		return -1;
	ret->at = ret->class->find(connection, name);
	if (ret->at)
		return 1;
	return virt_gone() ? 0
			   : virt_fault(faults, "cannot look up %s \"%s\"", ret->class->what, name);
}

int object_need(struct write *write, const char *name, struct virt_object *ret,
		struct faults *faults)
{
	int there = object_find(write, name, ret, faults);

	if (there == 0)
		return fault(faults, FAULT_MOVED, "there is no %s \"%s\"", ret->class->what, name);
	return there < 0 ? -1 : 0;
}

/* ---- definition ---- */

/* The definition that survives a restart; NULL where there is none. */
static int definition(struct write *write, const struct virt_object *object, const char *name,
		      const char **ret, struct faults *faults)
{
	const char *what = object->class->what;
	int persistent = object->class->persistent(object->at);

	*ret = NULL;
	if (persistent == 0)
		return 0;
	if (persistent < 0)
		return virt_fault(faults, "cannot look at %s \"%s\"", what, name);
	VIRT_STRING char *xml = object->class->definition(object->at);
	if (!xml)
		return virt_fault(faults, "cannot read %s \"%s\"", what, name);
	*ret = arena_strdup(write->arena, xml);
	return 0;
}

static int definition_of(const struct virt_class *class, struct write *write, const char *name,
			 const char **ret, struct faults *faults)
{
	VIRT_OBJECT struct virt_object object = { .class = class };
	int there = object_find(write, name, &object, faults);

	*ret = NULL;
	return there == 1 ? definition(write, &object, name, ret, faults) : there;
}

/* As it goes into the journal: without its secrets. */
static int definition_veiled(const struct virt_class *class, struct write *write, const char *name,
			     const char **ret, struct faults *faults)
{
	if (definition_of(class, write, name, ret, faults) < 0)
		return -1;
	if (*ret)
		*ret = veil(write->arena, *ret);
	return 0;
}

int object_define_inverse(const struct virt_class *class, struct write *write,
			  const struct step *step, struct step *ret, struct faults *faults)
{
	const char *name = step->argument[0], *xml = NULL;

	if (definition_veiled(class, write, name, &xml, faults) < 0)
		return -1;
	inverse_of(ret, xml ? class->defines : class->undefines, name, NULL, NULL);
	return xml ? inverse_body(ret, xml, strlen(xml)) : 0;
}

int object_define_perform(const struct virt_class *class, struct write *write,
			  const struct step *step, struct outcome *ret, struct faults *faults)
{
	const char *name = step->argument[0], *before = NULL, *after = NULL, *body = step->body;
	VIRT_OBJECT struct virt_object object = { .class = class };

	if (definition_of(class, write, name, &before, faults) < 0)
		return -1;
	/* An inverse has none of the secrets: the object keeps those it has. */
	if (before)
		body = definition_unveil(write->arena, body, before);
	if (veil_is_in(body))
		return fault(faults, FAULT_REFUSED,
			     "a secret of the %s \"%s\" is not known any more", class->what, name);
	object.at = class->define(write->virt.connection, body);
	if (!object.at)
		return virt_fault(faults, "cannot define %s \"%s\"", class->what, name);
	if (definition(write, &object, name, &after, faults) < 0)
		return -1;
	return outcome_is(ret, string_equal(before, after) ? RESULT_SAME : RESULT_DONE);
}

int object_undefine_inverse(const struct virt_class *class, struct write *write,
			    const struct step *step, struct step *ret, struct faults *faults)
{
	const char *name = step->argument[0], *xml = NULL;

	if (definition_veiled(class, write, name, &xml, faults) < 0)
		return -1;
	if (!xml)
		return inverse_nothing(write, step, ret, faults);
	inverse_of(ret, class->defines, name, NULL, NULL);
	return inverse_body(ret, xml, strlen(xml));
}

int object_undefine_perform(const struct virt_class *class, struct write *write,
			    const struct step *step, struct outcome *ret, struct faults *faults)
{
	VIRT_OBJECT struct virt_object object = { .class = class };
	int there = object_find(write, step->argument[0], &object, faults);

	if (there < 0)
		return -1;
	if (there == 0 || class->persistent(object.at) == 0)
		return outcome_is(ret, RESULT_SAME);
	if (class->undefine(object.at) < 0)
		return virt_fault(faults, "cannot undefine %s \"%s\"", class->what,
				  step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}

/* ---- start, stop ---- */

/* 1 active, 0 not (or not there), -1. */
static int is_active(const struct virt_class *class, struct write *write, const char *name,
		     struct faults *faults)
{
	VIRT_OBJECT struct virt_object object = { .class = class };
	int there = object_find(write, name, &object, faults);

	if (there != 1)
		return there;
	int active = class->active(object.at);
	return active < 0 ? virt_fault(faults, "cannot look at %s \"%s\"", class->what, name)
			  : active;
}

int object_start_inverse(const struct virt_class *class, struct write *write,
			 const struct step *step, struct step *ret, struct faults *faults)
{
	int active = is_active(class, write, step->argument[0], faults);

	if (active)
		return active < 0 ? -1 : inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, class->stops, step->argument[0], NULL, NULL);
}

int object_start_perform(const struct virt_class *class, struct write *write,
			 const struct step *step, struct outcome *ret, struct faults *faults)
{
	VIRT_OBJECT struct virt_object object = { .class = class };

	if (object_need(write, step->argument[0], &object, faults) < 0)
		return -1;
	if (class->active(object.at) == 1)
		return outcome_is(ret, RESULT_SAME);
	if (class->start(object.at) < 0)
		return virt_fault(faults, "cannot start %s \"%s\"", class->what, step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}

int object_stop_inverse(const struct virt_class *class, struct write *write,
			const struct step *step, struct step *ret, struct faults *faults)
{
	int active = is_active(class, write, step->argument[0], faults);

	if (active <= 0)
		return active < 0 ? -1 : inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, class->starts, step->argument[0], NULL, NULL);
}

int object_stop_perform(const struct virt_class *class, struct write *write,
			const struct step *step, struct outcome *ret, struct faults *faults)
{
	VIRT_OBJECT struct virt_object object = { .class = class };
	int there = object_find(write, step->argument[0], &object, faults);

	if (there < 0)
		return -1;
	if (there == 0 || class->active(object.at) == 0)
		return outcome_is(ret, RESULT_SAME);
	if (class->stop(object.at) < 0)
		return virt_fault(faults, "cannot stop %s \"%s\"", class->what, step->argument[0]);
	return outcome_is(ret, RESULT_DONE);
}

int object_restart_perform(const struct virt_class *class, struct write *write,
			   const struct step *step, struct outcome *ret, struct faults *faults)
{
	VIRT_OBJECT struct virt_object object = { .class = class };
	const char *name = step->argument[0];
	int there = object_find(write, name, &object, faults);

	if (there < 0)
		return -1;
	if (there == 0 || class->active(object.at) != 1)
		return outcome_is(ret, RESULT_SAME);
	if (class->stop(object.at) < 0)
		return virt_fault(faults, "cannot stop %s \"%s\"", class->what, name);
	if (class->start(object.at) < 0)
		return virt_fault(faults, "cannot start %s \"%s\" again", class->what, name);
	return outcome_is(ret, RESULT_DONE);
}

/* ---- autostart ---- */

static int autostart_of(const struct virt_object *object, const char *name, bool *ret,
			struct faults *faults)
{
	int on = 0;

	if (object->class->autostart(object->at, &on) < 0)
		return virt_fault(faults, "cannot see whether %s \"%s\" autostarts",
				  object->class->what, name);
	*ret = on;
	return 0;
}

int object_autostart_inverse(const struct virt_class *class, struct write *write,
			     const struct step *step, struct step *ret, struct faults *faults)
{
	VIRT_OBJECT struct virt_object object = { .class = class };
	const char *name = step->argument[0];
	bool on = false, wanted = false;
	int there = object_find(write, name, &object, faults);

	if (there < 0 || argument_flag(step, 1, &wanted, faults) < 0 ||
	    (there == 1 && autostart_of(&object, name, &on, faults) < 0))
		return -1;
	/* One that is not there yet is undefined again by its own step. */
	if (there == 0 || on == wanted)
		return inverse_nothing(write, step, ret, faults);
	return inverse_of(ret, class->autostarts, name, on ? "true" : "false", NULL);
}

int object_autostart_perform(const struct virt_class *class, struct write *write,
			     const struct step *step, struct outcome *ret, struct faults *faults)
{
	VIRT_OBJECT struct virt_object object = { .class = class };
	const char *name = step->argument[0];
	bool on = false, wanted = false;

	if (argument_flag(step, 1, &wanted, faults) < 0 ||
	    object_need(write, name, &object, faults) < 0 ||
	    autostart_of(&object, name, &on, faults) < 0)
		return -1;
	if (on == wanted)
		return outcome_is(ret, RESULT_SAME);
	if (class->set_autostart(object.at, wanted) < 0)
		return virt_fault(faults, "cannot change whether %s \"%s\" autostarts", class->what,
				  name);
	return outcome_is(ret, RESULT_DONE);
}
