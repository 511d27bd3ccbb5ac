/* console.c - what a screen in front of the machine shows: name, addresses, state, first fault. */
#include <string.h>
#include <sys/utsname.h>

#include "command/hardware.h"
#include "command/state_file.h"

static void print_addresses(struct session *session, struct host *host)
{
	struct host_links links = {};

	if (host_links(host, &links, &session->faults) <= 0)
		return;
	EACH(link, &links.list) {
		if (link->loopback || !link->addresses.count)
			continue;
		fprintf(session->reporter.out, "  %-12s", link->name);
		EACH(address, &link->addresses)
			fprintf(session->reporter.out, " %s", prefix_text(session->arena, address));
		fputc('\n', session->reporter.out);
	}
}

static void print_state(FILE *out, const struct node *state)
{
	const struct node *faults = node_get(state, "faults");
	const char *word = node_text(state, "state"), *why = node_text(state, "why");

	fprintf(out, "  state        %s%s%s\n", word ? word : "not looked at yet", why ? ": " : "",
		why ? why : "");
	if (!faults || !faults->first)
		return;
	const char *within = node_text(faults->first, "within");
	fprintf(out, "  first fault  %s%s%s\n", within ? within : "", within ? ": " : "",
		node_text(faults->first, "message"));
	if (faults->count > 1)
		fprintf(out, "               and %zu more, see: gasthof status\n",
			faults->count - 1);
}

static bool is_described(struct host *host, struct arena *arena)
{
	struct host_file file = {};
	struct faults unheard;

	faults_init(&unheard, arena);
	return host_stat(host, DESCRIPTION_PATH, &file, &unheard) != 0;
}

/* A machine that is only being looked at: what it could be asked for. */
static void print_undescribed(struct session *session, struct host *host)
{
	FILE *out = session->reporter.out;
	struct platform platform = {};

	platform_look(host, session->arena, &platform);
	fputs("  state        no description (" DESCRIPTION_PATH ")\n\n", out);
	hardware_print_brief(out, session->arena, &platform);
	fputs("\nall of it: gasthof check, or /run/gasthof/hardware.txt\n", out);
}

int command_console(struct session *session)
{
	FILE *out = session->reporter.out;
	struct utsname names = {};
	struct host *host = session_host(session);

	uname(&names);
	fprintf(out, "\nGasthof %s on %s\n", GASTHOF_VERSION, names.nodename);
	if (host)
		print_addresses(session, host);
	if (host && !is_described(host, session->arena))
		print_undescribed(session, host);
	else
		print_state(out, state_read(session));
	fputc('\n', out);
	host_close(host);
	return EXIT_DONE;
}
