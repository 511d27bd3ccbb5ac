/* module.c - the one symbol of host.so that the program looks for. */
#include "agent/agent.h"
#include "agent/system.h"
#include "host/read/live.h"
#include "host/read/live_listen.h"
#include "host/write/worker.h"
#include "host/write/write.h"

const struct host_module host_module = {
	.version = HOST_MODULE_VERSION,
	.open_live = live_open,
	.open_performer = write_open,
	.agent = agent_main,
	.worker = worker_main,
	.listen = listen_main,
	.heard = refusals_news,
	.going_down = system_going_down,
	.ready = system_ready,
};
