# Two images from one file; build the jars first (mvn -DskipTests package):
#   docker build -t outrigger:0.1.0 .
#   docker build -t outrigger-kv:0.1.0 --target kv .
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${BASE_IMAGE} AS jre
RUN apt-get update \
 && apt-get install -y --no-install-recommends openjdk-17-jdk-headless binutils \
 && jlink --add-modules java.base,java.compiler,java.instrument,java.logging,java.management,java.naming,java.net.http,java.security.jgss,java.sql,java.xml,jdk.compiler,jdk.crypto.ec,jdk.httpserver,jdk.jcmd,jdk.jfr,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs \
      --strip-debug --no-man-pages --no-header-files --compress=2 --generate-cds-archive --output /opt/jre

FROM ${BASE_IMAGE} AS runtime
RUN groupadd --system --gid 10001 outrigger \
 && useradd --system --uid 10001 --gid outrigger --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin outrigger \
 && install -d -o outrigger -g outrigger /var/lib/outrigger
COPY --from=jre /opt/jre /opt/jre
ENV PATH=/opt/jre/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
USER 10001:10001

# The example application.
FROM runtime AS kv
COPY sdk-java/examples/target/outrigger-examples.jar /opt/outrigger/outrigger-examples.jar
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "-jar", "/opt/outrigger/outrigger-examples.jar"]
CMD ["kv", "--port", "7410", "--agent", "http://127.0.0.1:7411"]

# The agent. The wrapper makes "outrigger status" work in a running container; it gives way to java, so that java is
# PID 1 and gets the signals. Half of the memory is for the heap, since the log's mapped pages count too.
FROM runtime AS agent
USER root
RUN printf '#!/bin/sh\nexec java -XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError -jar /opt/outrigger/outrigger.jar "$@"\n' > /usr/local/bin/outrigger \
 && chmod 755 /usr/local/bin/outrigger
USER 10001:10001
COPY agent/target/outrigger.jar /opt/outrigger/outrigger.jar
VOLUME /var/lib/outrigger
EXPOSE 7412 7413
ENTRYPOINT ["outrigger"]
CMD ["agent"]
