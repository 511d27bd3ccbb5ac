/* screen.c - the screen of a guest that runs: its password, and how long that holds. */
#include <string.h>

#include "formats/device.h"
#include "host/write/devices.h"
#include "host/write/secrets.h"

/* A definition of nothing but the screen, for what looks at definitions. */
static const char *definition_of(struct arena *arena, const char *screen)
{
	return arena_printf(arena, "<domain><devices>%s</devices></domain>", screen);
}

/* The running domain, all of it as it runs with its passwords, and of that the screen: 1; 0 where
 * it does not run, or has no such screen. */
static int screen_find(struct write *write, const struct step *step, virDomainPtr *ret_domain,
		       const char **ret_xml, const char **ret_screen, struct faults *faults)
{
	if (domain_need(write, step->argument[0], ret_domain, faults) < 0)
		return -1;
	int active = virDomainIsActive(*ret_domain);
	if (active < 0)
		return virt_fault(faults, "cannot look at domain \"%s\"", step->argument[0]);
	if (!active)
		return 0;
	if (domain_dump(write, *ret_domain, VIR_DOMAIN_AFFECT_LIVE, ret_xml, faults) < 0)
		return -1;
	return device_by_type(write->arena, *ret_xml, "graphics", step->argument[1], ret_screen,
			      faults);
}

/* A password that is no secret of this host's any more does not come back. */
int screen_update_inverse(struct write *write, const struct step *step, struct step *ret,
			  struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;
	const char *xml = NULL, *screen = NULL;

	int there = screen_find(write, step, &domain, &xml, &screen, faults);
	if (there < 0)
		return -1;
	if (there == 0)
		return inverse_nothing(write, step, ret, faults);
	const char *hidden = secrets_hide(write, definition_of(write->arena, screen), faults);
	if (!hidden || device_by_type(write->arena, hidden, "graphics", step->argument[1], &screen,
				      faults) != 1)
		return -1;
	inverse_of(ret, VERB_screen_update, step->argument[0], step->argument[1], NULL);
	return inverse_body(ret, screen, strlen(screen));
}

int screen_update_perform(struct write *write, const struct step *step, struct outcome *ret,
			  struct faults *faults)
{
	VIRT_DOMAIN virDomainPtr domain = NULL;
	const char *xml = NULL, *before = NULL, *after = NULL, *type = step->argument[1];

	int there = screen_find(write, step, &domain, &xml, &before, faults);
	if (there <= 0)
		return there < 0 ? -1 : outcome_is(ret, RESULT_SAME);
	if (secrets_show(write, definition_of(write->arena, step->body), xml, &xml, faults) < 0 ||
	    device_by_type(write->arena, xml, "graphics", type, &xml, faults) != 1)
		return -1;
	if (virDomainUpdateDeviceFlags(domain, xml, VIR_DOMAIN_AFFECT_LIVE) < 0)
		return device_failed(write, domain, step, VIR_DOMAIN_AFFECT_LIVE, "change", ret,
				     faults);
	if (domain_dump(write, domain, VIR_DOMAIN_AFFECT_LIVE, &xml, faults) < 0 ||
	    device_by_type(write->arena, xml, "graphics", type, &after, faults) < 0)
		return -1;
	return outcome_is(ret, string_equal(before, after) ? RESULT_SAME : RESULT_DONE);
}
