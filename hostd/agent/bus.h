/* bus.h - the agent on the system bus: org.gasthof.Host1 at /org/gasthof/Host1.
 *
 *	State	s	"as wanted", "differs", "waits", "faulty", "unknown" (changes are signalled)
 *	Why	s	why nothing is done, or "" (changes are signalled)
 *	Run	s	the run at hand: "start", "change", "look", or "" (changes are signalled)
 *	Details	s	what the agent saw last, as JSON: what `gasthof status -o json` is made of
 *	Version	s	of the agent
 *	Look()		looks at the host now, and repairs what the description lets it
 *	Apply()		applies the description now
 *
 * Who may ask is settled by the policy file that is installed with it: root everything, members of
 * the group gasthof the properties.  Calls only start runs; none of them waits for one.
 */
#pragma once

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

struct agent_bus {
	sd_bus *bus;
	const char *run;                                 /* the run at hand, or "" */
	void (*want)(void *context, const char *reason); /* a run of this reason is wanted */
	void *context;
};

/* Offers the object on the loop.  Negative errno where the bus cannot be reached; the agent does
 * its work without. */
int agent_bus_open(struct agent_bus *bus, sd_event *loop);

/* Another run is at hand, or none ("") and its state is written: listeners are told. */
void agent_bus_run(struct agent_bus *bus, const char *run);

void agent_bus_close(struct agent_bus *bus);
