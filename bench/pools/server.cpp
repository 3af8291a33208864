// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT

// The HTTP server of the study, in one thread: it answers each GET with OK and closes the connection; what is asked
// for under /slow, 10 ms after it was asked. It prints its port, and ends when its stdin does.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "../measure.hpp"

namespace {

constexpr std::int64_t Delay = 10'000'000;
constexpr std::string_view Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK";

struct Late {
  std::int64_t when;
  int fd;
};

int epoll = -1;
std::unordered_map<int, std::string> unread;  // what a connection has sent so far, if that is no whole request
std::deque<Late> late;                        // all wait equally long, so the first one is due first

void watch(int fd) {
  epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

void answer(int fd) {
  // A client that has gone does not concern us.
  [[maybe_unused]] ssize_t sent = send(fd, Answer.data(), Answer.size(), MSG_NOSIGNAL);
  close(fd);
}

// False if there is more to come.
bool serve(int fd) {
  char part[4096];
  ssize_t size = recv(fd, part, sizeof part, MSG_DONTWAIT);
  if (size < 0) return false;
  std::string& request = unread[fd].append(part, static_cast<std::size_t>(size));
  if (size != 0 && !request.ends_with("\r\n\r\n")) return false;
  bool slow = request.starts_with("GET /slow");
  unread.erase(fd);
  if (!slow || size == 0) {
    answer(fd);
  } else {
    epoll_ctl(epoll, EPOLL_CTL_DEL, fd, nullptr);  // it may not have been there
    late.push_back({bench::now() + Delay, fd});
  }
  return true;
}

void welcome(int listener) {
  for (int fd; (fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0;) {
    if (!serve(fd)) watch(fd);
  }
}

// Until the next one is due, or for ever.
int wait(epoll_event* events, int size) {
  timespec left{};
  if (!late.empty()) {
    std::int64_t ns = std::max<std::int64_t>(0, late.front().when - bench::now());
    left = {ns / 1'000'000'000, ns % 1'000'000'000};
  }
  return epoll_pwait2(epoll, events, size, late.empty() ? nullptr : &left, nullptr);
}

}  // namespace

int main() {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener, 4096) != 0) return 1;
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  std::printf("%d\n", ntohs(address.sin_port));
  std::fflush(stdout);

  epoll = epoll_create1(EPOLL_CLOEXEC);
  watch(listener);
  watch(STDIN_FILENO);
  for (;;) {
    epoll_event events[256];
    int count = wait(events, 256);
    for (int i = 0; i < count; ++i) {
      int fd = events[i].data.fd;
      if (fd == STDIN_FILENO) return 0;
      fd == listener ? welcome(fd) : static_cast<void>(serve(fd));
    }
    for (std::int64_t now = bench::now(); !late.empty() && late.front().when <= now; late.pop_front()) {
      answer(late.front().fd);
    }
  }
}
