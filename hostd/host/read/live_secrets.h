/* live_secrets.h - the secrets that descriptions refer to, on this machine. */
#pragma once

#include "formats/domain.h"

/* Where {file: NAME} is looked up, and what names the folder of {credential: NAME}
 * (systemd.exec(5), Credentials: set for the agent's service alone). */
#define SECRETS_FOLDER       "/etc/gasthof/secrets"
#define CREDENTIALS_VARIABLE "CREDENTIALS_DIRECTORY"

/* All that can be read, below `root`; what cannot be looked through is not marked so.  The texts
 * are without the line end behind them. */
void secrets_look(struct arena *arena, int root, struct known_secrets *ret);
