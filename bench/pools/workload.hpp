// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmath>
#include <complex>
#include <string>
#include <type_traits>

#include "../measure.hpp"

/// Which pool for which work: jobs that are given to a pool, with a result for each.
///
///     COMPETITOR KIND WORK JOBS WORKERS
///
/// WORK is `roots`, three complex square roots, one of the other; or the address of a server on this machine, from
/// which each job gets a page over a connection of its own. A kind is a class with a name, made from a number of
/// workers, with run(f, jobs): the results of f(i) for each i, in any order.
///
/// 64 jobs warm the pool up. Then it does all of them once, and the ns are printed. The pool stays until stdin ends, so
/// that somebody can look at its memory.
namespace bench {

struct Roots {
  std::complex<double> operator()(int i) const { return std::sqrt(std::sqrt(std::sqrt(std::complex<double>(i)))); }

  bool right(const std::vector<std::complex<double>>& results) const {
    std::complex<double> sum, expected;
    for (std::complex<double> each : results) sum += each;
    for (std::size_t i = 0; i < results.size(); ++i) expected += (*this)(static_cast<int>(i));
    return std::abs(sum - expected) <= 1e-9 * std::abs(expected);
  }
};

/// The status of an HTTP GET, over plain sockets; 0 if it failed. It reads to the end, and looks at nothing but the
/// status.
class Get {
 public:
  explicit Get(std::string_view url) {  // http://127.0.0.1:PORT/PATH
    std::string_view rest = url.substr(url.rfind(':') + 1);
    address_.sin_family = AF_INET;
    address_.sin_port = htons(static_cast<std::uint16_t>(std::atoi(rest.data())));
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string path(rest.substr(rest.find('/')));
    request_ = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
  }

  int operator()(int) const {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int status = fd < 0 ? 0 : get(fd);
    close(fd);
    return status;
  }

  bool right(const std::vector<int>& results) const {
    return std::all_of(results.begin(), results.end(), [](int status) { return status == 200; });
  }

 private:
  int get(int fd) const {
    if (connect(fd, reinterpret_cast<const sockaddr*>(&address_), sizeof address_) != 0) return 0;
    if (send(fd, request_.data(), request_.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request_.size())) return 0;
    char answer[4096];
    std::size_t size = 0;
    for (ssize_t more; (more = recv(fd, answer + size, sizeof answer - size, 0)) != 0;) {
      if (more < 0) return 0;
      size += static_cast<std::size_t>(more);
    }
    std::string_view begin("HTTP/1.1 ");
    return std::string_view(answer, size).starts_with(begin) ? std::atoi(answer + begin.size()) : 0;
  }

  sockaddr_in address_{};
  std::string request_;
};

/// For a pool with submit(f): a future for each job, all of them kept, then asked one after the other.
template <class Pool, class F>
auto by_futures(Pool& pool, const F& f, int jobs) {
  auto submit = [&](int i) { return pool.submit([&f, i] { return f(i); }); };
  std::vector<decltype(submit(0))> futures;
  futures.reserve(jobs);
  for (int i = 0; i < jobs; ++i) futures.push_back(submit(i));
  std::vector<std::invoke_result_t<const F&, int>> results;
  results.reserve(jobs);
  for (auto& future : futures) results.push_back(future.get());
  return results;
}

template <class Pool, class F>
int trial(const F& f, int jobs, int workers) {
  Pool pool(workers);
  pool.run(f, 64);
  std::int64_t begin = now();
  auto results = pool.run(f, jobs);
  double took = static_cast<double>(now() - begin);
  if (results.size() != static_cast<std::size_t>(jobs) || !f.right(results)) return 1;
  print(took);
  std::fflush(stdout);
  for (char c; read(STDIN_FILENO, &c, 1) > 0;) {
  }
  return 0;
}

template <class... Kinds>
int pools_main(int argc, char** argv) {
  if (argc != 5) return 2;
  std::string_view kind(argv[1]), work(argv[2]);
  int jobs = std::atoi(argv[3]), workers = std::atoi(argv[4]);
  int status = NotOffered;
  auto try_kind = [&]<class Kind>(std::type_identity<Kind>) {
    if (kind != Kind::name) return;
    status = work == "roots" ? trial<Kind>(Roots(), jobs, workers) : trial<Kind>(Get(work), jobs, workers);
  };
  (..., try_kind(std::type_identity<Kinds>()));
  return status;
}

}  // namespace bench
