package dev.outrigger.agent;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.outrigger.agent.core.message.Payload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;

/** Who may know whom. Arrows point inwards only; the concrete parts meet in {@code cli} and nowhere else. */
@AnalyzeClasses(packages = "dev.outrigger.agent", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String AGENT = "dev.outrigger.agent.";
    private static final List<String> JDK =
            List.of("java.lang", "java.lang..", "java.util..", "java.time..", "org.jspecify..");
    private static final String[] DETERMINISTIC = {AGENT + "core..", AGENT + "session"};
    private static final String[] VERTX = {
        "io.vertx..",
        "io.netty..",
        "io.micrometer..",
        "org.slf4j..",
        "java.io",
        "java.net",
        "java.nio..",
        "java.security.."
    };

    @ArchTest
    static final ArchRule CORE_IS_PURE = classes()
            .that()
            .resideInAPackage(AGENT + "core..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    AGENT + "core..",
                    "java.lang",
                    "java.lang.invoke", // what lambdas and string concatenation compile to
                    "java.lang.runtime", // what records compile to
                    "java.nio.charset", // names UTF-8
                    "java.util",
                    "java.util.function",
                    "java.util.stream",
                    "java.util.random",
                    "org.jspecify..");

    /** What is decided from the log alone must be decided alike everywhere. */
    @ArchTest
    static final ArchRule SESSIONS_ARE_PURE = classes()
            .that()
            .resideInAPackage(AGENT + "session")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                            AGENT + "session",
                            "java.lang",
                            "java.lang.invoke",
                            "java.lang.runtime",
                            "java.util",
                            "java.util.function",
                            "org.jspecify..")
                    .or(equivalentTo(Payload.class))
                    .or(equivalentTo(CRC32C.class)));

    @ArchTest
    static final ArchRule CORE_HAS_NO_CLOCK_THREAD_OR_CHANCE = noClasses()
            .that()
            .resideInAnyPackage(DETERMINISTIC)
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Thread.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Random.class);

    /** Their order differs between runs of the JVM, and with it what the core does. */
    @ArchTest
    static final ArchRule CORE_WALKS_NO_HASH_ORDER = noClasses()
            .that()
            .resideInAnyPackage(DETERMINISTIC)
            .should()
            .dependOnClassesThat()
            .areAssignableTo(HashMap.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(HashSet.class)
            .orShould()
            .callMethodWhere(makesHashOrdered(Map.class))
            .orShould()
            .callMethodWhere(makesHashOrdered(Set.class));

    @ArchTest
    static final ArchRule MESSAGES_KNOW_NOTHING = mayKnow("core.message", "java.nio.charset");

    @ArchTest
    static final ArchRule QUORUMS_KNOW_NOTHING = mayKnow("core.quorum");

    @ArchTest
    static final ArchRule STORAGE_KNOWS_MESSAGES = mayKnow("storage", "core.message", "java.nio..", "java.io");

    @ArchTest
    static final ArchRule CHRONICLE_KNOWS_STORAGE = mayKnow(
            "storage.chronicle",
            "storage",
            "core.message",
            "net.openhft..",
            "java.nio..",
            "java.io",
            "java.security..",
            "org.slf4j..");

    @ArchTest
    static final ArchRule WIRE_KNOWS_MESSAGES = mayKnow("wire", "core.message", "storage", "java.nio..");

    @ArchTest
    static final ArchRule PEERS_KNOW_WIRE =
            mayKnow("peer", with(VERTX, "wire", "core.message", "storage", "javax.net.ssl"));

    @ArchTest
    static final ArchRule APP_KNOWS_MESSAGES =
            mayKnow("app", with(VERTX, "core.message", "session", "com.fasterxml.jackson.core.."));

    @ArchTest
    static final ArchRule NODE_KNOWS_PORTS =
            mayKnow("node", with(VERTX, "core..", "storage", "wire", "peer", "app", "session"));

    @ArchTest
    static final ArchRule HTTP_KNOWS_NODE =
            mayKnow("http", with(VERTX, "node", "app", "core.message", "java.math", "com.fasterxml.jackson.core.."));

    @ArchTest
    static final ArchRule CONFIG_KNOWS_NOTHING = mayKnow("config", "java.io", "java.net", "java.nio..");

    @ArchTest
    static final ArchRule PARTS_MEET_IN_CLI_ONLY = noClasses()
            .that()
            .resideOutsideOfPackages(AGENT + "cli", AGENT + "storage.chronicle")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(AGENT + "storage.chronicle");

    private static ArchRule mayKnow(String one, String... others) {
        List<String> allowed = new ArrayList<>(JDK);
        allowed.add(AGENT + one);
        for (String other : others) {
            boolean ours = !other.startsWith("java") && !other.contains(".") || other.startsWith("core");
            allowed.add(ours ? AGENT + other : other);
        }
        return classes()
                .that()
                .resideInAPackage(AGENT + one)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(allowed.toArray(String[]::new));
    }

    private static String[] with(String[] some, String... more) {
        List<String> all = new ArrayList<>(List.of(some));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static DescribedPredicate<JavaCall<?>> makesHashOrdered(Class<?> type) {
        return DescribedPredicate.describe(
                "make a " + type.getSimpleName() + " in hash order", call -> isFactory(call, type));
    }

    private static boolean isFactory(JavaCall<?> call, Class<?> type) {
        JavaClass owner = call.getTargetOwner();
        String name = call.getTarget().getName();
        return owner.isEquivalentTo(type) && (name.equals("of") || name.equals("copyOf") || name.equals("ofEntries"));
    }
}
