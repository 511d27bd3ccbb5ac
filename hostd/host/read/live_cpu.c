/* live_cpu.c - what libvirt says of processors, each question once a round. */
#include <stdlib.h>
#include <string.h>

#include "host/read/live.h"

/* That libvirt refuses is an answer; that it is gone is none. */
static bool is_there(const struct live *live)
{
	return live->virt.connection && virConnectIsAlive(live->virt.connection) == 1;
}

static const char *said_why(struct arena *arena)
{
	virErrorPtr error = virGetLastError();

	return arena_strdup(arena,
			    error && error->message ? error->message : "libvirt does not say why");
}

int live_domain_capabilities(struct host *host, const char *virt, const char **ret_xml,
			     struct faults *faults)
{
	struct live *live = live_of(host);
	const char **known = strcmp(virt, "kvm") == 0 ? &live->known.domain_capabilities_kvm
						      : &live->known.domain_capabilities_qemu;

	*ret_xml = *known;
	if (*known)
		return 1;
	virConnectPtr connection = virt_connect(&live->virt, faults);
	if (!connection)
		return -1;
	VIRT_STRING char *xml =
		virConnectGetDomainCapabilities(connection, NULL, NULL, NULL, virt, 0);
	if (xml) {
		*ret_xml = *known = arena_strdup(host->arena, xml);
		return 1;
	}
	if (virGetLastErrorCode() == VIR_ERR_INVALID_ARG)
		return 0;
	return virt_fault(faults, "cannot read what libvirt's guests can have");
}

static char *ask_baseline(virConnectPtr connection, const struct host_cpu_question *question)
{
	return virConnectBaselineHypervisorCPU(
		connection, NULL, NULL, NULL, question->virt, (const char **)question->of.at,
		(unsigned)question->of.count, VIR_CONNECT_BASELINE_CPU_MIGRATABLE);
}

static char *ask_whole(virConnectPtr connection, const struct host_cpu_question *question)
{
	return virConnectBaselineCPU(
		connection, (const char **)question->of.at, (unsigned)question->of.count,
		VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES | VIR_CONNECT_BASELINE_CPU_MIGRATABLE);
}

static int cpu_ask(struct live *live, const struct host_cpu_question *question,
		   struct host_cpu_answer *ret, struct faults *faults)
{
	static char *(*const ways[])(virConnectPtr, const struct host_cpu_question *) = {
		[HOST_CPU_BASELINE] = ask_baseline,
		[HOST_CPU_WHOLE] = ask_whole,
	};
	virConnectPtr connection = virt_connect(&live->virt, faults);

	if (!connection)
		return -1;
	VIRT_STRING char *cpu = ways[question->ask](connection, question);
	if (cpu) {
		ret->cpu = arena_strdup(live->host.arena, cpu);
		return 1;
	}
	const char *why = said_why(live->host.arena);
	if (!is_there(live))
		return fault(faults, FAULT_HOST, "cannot ask libvirt of processors: %s", why);
	ret->refused = why;
	return 1;
}

static bool is_same(const struct host_cpu_question *a, const struct host_cpu_question *b)
{
	if (a->ask != b->ask || !string_equal(a->virt, b->virt) || a->of.count != b->of.count)
		return false;
	for (size_t i = 0; i < a->of.count; i++)
		if (!string_equal(a->of.at[i], b->of.at[i]))
			return false;
	return true;
}

static struct host_cpu_question question_kept(struct arena *arena,
					      const struct host_cpu_question *question)
{
	struct host_cpu_question kept = { .ask = question->ask,
					  .virt = question->virt
							  ? arena_strdup(arena, question->virt)
							  : NULL };

	for (size_t i = 0; i < question->of.count; i++)
		text_list_push(arena, &kept.of, arena_strdup(arena, question->of.at[i]));
	return kept;
}

int live_cpu(struct host *host, const struct host_cpu_question *question,
	     struct host_cpu_answer *ret, struct faults *faults)
{
	struct live *live = live_of(host);
	const struct live_cpu_known *known = live->known.cpus;

	*ret = (struct host_cpu_answer){};
	for (; known; known = known->next) {
		if (!is_same(&known->question, question))
			continue;
		*ret = known->answer;
		return 1;
	}
	if (cpu_ask(live, question, ret, faults) < 0)
		return -1;
	struct live_cpu_known *fresh = ARENA_NEW(host->arena, struct live_cpu_known);
	*fresh = (struct live_cpu_known){ .question = question_kept(host->arena, question),
					  .answer = *ret,
					  .next = live->known.cpus };
	live->known.cpus = fresh;
	return 1;
}
