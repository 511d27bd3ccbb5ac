#include "host/write/worker.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/text.h"

enum {
	NOBODY = 65534,
	FILES = 64,
	CPU_SECONDS = 3600,
	URL_MAX = 8192,
	REDIRECTS = 5,
	CONNECT_SECONDS = 30,
	STALLED_SECONDS = 60, /* less than STALLED_BYTES a second for that long */
	STALLED_BYTES = 1024,
};
#ifndef __SANITIZE_ADDRESS__
static const rlim_t memory = 512ULL << 20;
#endif

static int bound(int resource, rlim_t most)
{
	return setrlimit(resource, &(struct rlimit){ most, most });
}

static int become_nobody(void)
{
	if (geteuid() == 0 && (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
			       setresuid(NOBODY, NOBODY, NOBODY) < 0))
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || bound(RLIMIT_FSIZE, 0) < 0 ||
	    bound(RLIMIT_CORE, 0) < 0 || bound(RLIMIT_NOFILE, FILES) < 0 ||
	    bound(RLIMIT_CPU, CPU_SECONDS) < 0)
		return -1;
#ifndef __SANITIZE_ADDRESS__
	if (bound(RLIMIT_AS, memory) < 0)
		return -1;
#endif
	return 0;
}

static bool put(const void *bytes, size_t size)
{
	const char *at = bytes;

	while (size) {
		ssize_t written = write(STDOUT_FILENO, at, size);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		at += written;
		size -= (size_t)written;
	}
	return true;
}

struct stream {
	CURL *curl;
	bool started;
};

static bool start(struct stream *stream)
{
	curl_off_t length = -1;

	if (stream->started)
		return true;
	stream->started = true;
	curl_easy_getinfo(stream->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	uint64_t total = length > 0 ? (uint64_t)length : 0;
	return put(&total, sizeof(total));
}

static size_t take(char *bytes, size_t size, size_t count, void *data)
{
	return start(data) && put(bytes, size * count) ? size * count : 0;
}

static void set_options(CURL *curl, const char *url, struct stream *stream, char *error)
{
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR,
			 string_starts(url, "https:") ? "https" : "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTS);
	curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALLED_SECONDS);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, (long)STALLED_BYTES);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, stream);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "gasthof/" GASTHOF_VERSION);
}

static int fetch(const char *url)
{
	char error[CURL_ERROR_SIZE] = "";
	CURL *curl = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
	struct stream stream = { .curl = curl };

	if (!curl) {
		dprintf(STDERR_FILENO, "curl does not start\n");
		return 1;
	}
	set_options(curl, url, &stream, error);
	CURLcode code = curl_easy_perform(curl);
	if (code == CURLE_OK && !start(&stream))
		code = CURLE_WRITE_ERROR;
	if (code != CURLE_OK)
		dprintf(STDERR_FILENO, "%s\n", *error ? error : curl_easy_strerror(code));
	curl_easy_cleanup(curl);
	return code == CURLE_OK ? 0 : 1;
}

int worker_main(int argc, char **argv)
{
	char url[URL_MAX] = "";
	size_t size = 0;

	if (argc != 3 || strcmp(argv[2], "fetch") != 0) {
		dprintf(STDERR_FILENO, "there is no such worker\n");
		return 1;
	}
	signal(SIGXFSZ, SIG_IGN);
	if (become_nobody() < 0) {
		dprintf(STDERR_FILENO, "cannot give up privileges: %s\n", strerror(errno));
		return 1;
	}
	for (ssize_t more = 1; more > 0 && size < sizeof(url) - 1; size += (size_t)more) {
		more = read(STDIN_FILENO, url + size, sizeof(url) - 1 - size);
		if (more < 0)
			return 1;
	}
	return fetch(url);
}
