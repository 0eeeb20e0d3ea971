# The images of meme-generator.
#
#   docker build -t meme-generator .                                the program and what it loads
#   docker build -t meme-generator:debug --target debug .           the same with a shell
#   docker build -t sketch-server --target sketch-server .          the model's stand-in
#   docker build -t meme-generator --build-arg DEBIAN=bookworm .    on Debian 12 instead of 13
#
# The build uses only Debian's g++ and libraries. The images have no HEALTHCHECK, because Kubernetes
# has its probes.
ARG DEBIAN=trixie
# @sha256:… pins the image, even if the tag is moved.
ARG DEBIAN_DIGEST=

FROM docker.io/library/debian:${DEBIAN}-slim${DEBIAN_DIGEST} AS build
WORKDIR /source
COPY scripts/install-deps.sh scripts/
RUN scripts/install-deps.sh --service \
 && apt-get install -qy --no-install-recommends ca-certificates
COPY CMakeLists.txt CMakePresets.json main.cpp ./
COPY cmake cmake
COPY messages messages
COPY config config
COPY actors actors
COPY client client
ARG JOBS=2
RUN cmake --preset release -D BUILD_TESTING=OFF -D MEME_STAND_IN=OFF > /tmp/cmake.log \
 || { cat /tmp/cmake.log; exit 1; }; \
    cmake --build --preset release -j "$JOBS" --target meme-generator
ARG VERSION=0.2.0
COPY scripts/image/collect.sh scripts/image/bill-of-materials.sh scripts/image/
RUN scripts/image/collect.sh root build/meme-generator /root-of-service \
 && scripts/image/collect.sh packages build/meme-generator > build/meme-generator.packages \
 && install -D -m 644 -t /root-of-service/etc/meme-generator config/*.conf \
 && scripts/image/bill-of-materials.sh build/meme-generator "$VERSION" > build/bill.spdx.json \
 && install -D -m 644 build/bill.spdx.json \
    /root-of-service/usr/share/doc/meme-generator/bill-of-materials.spdx.json

FROM build AS build-sketch-server
RUN scripts/install-deps.sh --build
COPY sketch-server sketch-server
ARG JOBS=2
RUN cmake --preset release -D MEME_STAND_IN=ON > /tmp/cmake.log \
 || { cat /tmp/cmake.log; exit 1; }; \
    cmake --build --preset release -j "$JOBS" --target sketch-server \
 && scripts/image/collect.sh packages build/sketch-server > build/sketch-server.packages

FROM docker.io/library/debian:${DEBIAN}-slim${DEBIAN_DIGEST} AS sketch-server
COPY --from=build-sketch-server /source/build/sketch-server.packages /tmp/packages
RUN apt-get update -q \
 && xargs apt-get install -qy --no-install-recommends fonts-dejavu-core < /tmp/packages \
 && rm -rf /var/lib/apt/lists/* /tmp/packages
COPY --from=build-sketch-server /source/build/sketch-server /usr/bin/
LABEL org.opencontainers.image.title="sketch-server" \
      org.opencontainers.image.description="A stand-in for the Hugging Face text-to-image API" \
      org.opencontainers.image.licenses="MIT"
# Fontconfig's cache; the root is read-only.
ENV XDG_CACHE_HOME=/tmp
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/usr/bin/sketch-server"]
CMD ["--listen", "0.0.0.0:8080"]

FROM docker.io/library/debian:${DEBIAN}-slim${DEBIAN_DIGEST} AS debug
COPY --from=build /source/build/meme-generator.packages /tmp/packages
RUN apt-get update -q \
 && xargs apt-get install -qy --no-install-recommends ca-certificates curl procps < /tmp/packages \
 && rm -rf /var/lib/apt/lists/* /tmp/packages
COPY --from=build /source/build/meme-generator /usr/bin/
COPY --from=build /root-of-service/etc/meme-generator /etc/meme-generator
COPY --from=build /root-of-service/usr/share/doc/meme-generator /usr/share/doc/meme-generator
ARG VERSION=0.2.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="meme-generator" \
      org.opencontainers.image.description="Draws what a NATS JetStream queue asks for (with a shell)" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT"
USER 65532:65532
EXPOSE 9090
ENTRYPOINT ["/usr/bin/meme-generator"]

FROM scratch AS service
COPY --from=build /root-of-service /
ARG VERSION=0.2.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="meme-generator" \
      org.opencontainers.image.description="Draws what a NATS JetStream queue asks for" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.licenses="MIT"
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
USER 65532:65532
EXPOSE 9090
ENTRYPOINT ["/usr/bin/meme-generator"]
