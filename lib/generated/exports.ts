// Generated from the exports of onboard entries by `npm run generate`: do not edit.

export interface OnboardExports {
  "appliance/build/testing/onboard/allocates.probe.ts": {
    memory: WebAssembly.Memory;
    run(from: number, to: number): number;
  };
  "appliance/compartments/guard/onboard/index.ts": {
    memory: WebAssembly.Memory;
    abi(): number;
    configure(length: number): number;
    eventsAt(): number;
    eventsLength(): number;
    framesAt(): number;
    framesLength(): number;
    inputAt(): number;
    inputSize(): number;
    key(a: bigint, b: bigint): void;
    measuresAt(): number;
    run(from: number, to: number): number;
    spare(i: number): bigint;
    tick(): bigint;
  };
  "appliance/compartments/inspect/onboard/index.ts": {
    memory: WebAssembly.Memory;
    abi(): number;
    configure(length: number): number;
    eventsAt(): number;
    eventsLength(): number;
    framesAt(): number;
    framesLength(): number;
    inputAt(): number;
    inputSize(): number;
    key(a: bigint, b: bigint): void;
    measuresAt(): number;
    measuresLength(): number;
    run(from: number, to: number): number;
    spare(i: number): bigint;
    verdictsAt(): number;
    verdictsLength(): number;
  };
  "appliance/compartments/inspect/onboard/shorten.probe.ts": {
    memory: WebAssembly.Memory;
    at(): number;
    out(): number;
    write(length: number, room: number): number;
  };
  "appliance/compartments/inspect/onboard/suppression.probe.ts": {
    memory: WebAssembly.Memory;
    at(): number;
    configure(length: number): number;
    offer(detector: number, source: number, destination: number, milliseconds: number): number;
    suppressed(): bigint;
  };
  "appliance/compartments/journal/onboard/index.ts": {
    memory: WebAssembly.Memory;
    abi(): number;
    configure(length: number): number;
    countersAt(): number;
    eventsAt(): number;
    eventsLength(): number;
    framesAt(): number;
    framesLength(): number;
    inputAt(): number;
    inputSize(): number;
    run(from: number, to: number): number;
    spare(i: number): bigint;
  };
  "appliance/contract/onboard/config.probe.ts": {
    memory: WebAssembly.Memory;
    at(): number;
    check(length: number, part: number): number;
    name(): bigint;
    sectionAt(tag: number): number;
    sectionBytes(tag: number): number;
  };
  "appliance/runtime/test/onboard/guard.ts": {
    memory: WebAssembly.Memory;
    abi(): number;
    configure(length: number): number;
    eventsAt(): number;
    eventsLength(): number;
    framesAt(): number;
    framesLength(): number;
    inputAt(): number;
    inputSize(): number;
    key(_a: bigint, _b: bigint): void;
    measuresAt(): number;
    run(from: number, to: number): number;
    spare(_i: number): bigint;
    tick(): bigint;
  };
  "appliance/runtime/test/onboard/inspect.ts": {
    memory: WebAssembly.Memory;
    abi(): number;
    configure(length: number): number;
    eventsAt(): number;
    eventsLength(): number;
    framesAt(): number;
    framesLength(): number;
    inputAt(): number;
    inputSize(): number;
    key(_a: bigint, _b: bigint): void;
    measuresAt(): number;
    measuresLength(): number;
    run(from: number, to: number): number;
    spare(_i: number): bigint;
    verdictsAt(): number;
    verdictsLength(): number;
  };
  "appliance/runtime/test/onboard/journal.ts": {
    memory: WebAssembly.Memory;
    abi(): number;
    configure(length: number): number;
    countersAt(): number;
    eventsAt(): number;
    eventsLength(): number;
    framesAt(): number;
    framesLength(): number;
    inputAt(): number;
    inputSize(): number;
    run(from: number, to: number): number;
    spare(_i: number): bigint;
  };
  "captures/filter/onboard/bpf.ts": {
    memory: WebAssembly.Memory;
    add(link: number, length: number): number;
    inputAt(): number;
    inputSize(): number;
    left(): number;
    programAt(): number;
    run(length: number): number;
  };
  "captures/mil1553/onboard/index.ts": {
    memory: WebAssembly.Memory;
    begin(kind: number, year: number, believe: number, pass: number): void;
    clockKnown(): number;
    closeRows(): number;
    datagramCount(): bigint;
    feed(length: number): void;
    feedEnd(): void;
    finished(): number;
    inputAt(): number;
    inputSize(): number;
    messageCount(): bigint;
    notesAt(): number;
    notesLength(): number;
    outputAt(): number;
    packetCount(): number;
    portsAt(): number;
    rows(): number;
    setPorts(n: number): void;
    statsRow(index: number): number;
    statsRows(): number;
  };
  "captures/onboard/lay.ts": {
    memory: WebAssembly.Memory;
    backwardsLaid(): number;
    bytesLaid(): number;
    firstTime(): bigint;
    lastTime(): bigint;
    outAt(): number;
    outSize(): number;
    pcap(
      from: number,
      end: number,
      length: number,
      room: number,
      header: number,
      big: number,
      scale: number,
      link: number,
      number: number,
      earliest: bigint,
      latest: bigint,
    ): number;
    snappedLaid(): number;
    stoppedAt(): number;
    usedNow(): number;
    windowAt(): number;
    windowSize(): number;
    wireBytes(): number;
  };
  "debug/testing/onboard/inspect.ts": {
    memory: WebAssembly.Memory;
    abi(): number;
    configure(length: number): number;
    eventsAt(): number;
    eventsLength(): number;
    framesAt(): number;
    framesLength(): number;
    inputAt(): number;
    inputSize(): number;
    key(_a: bigint, _b: bigint): void;
    measuresAt(): number;
    measuresLength(): number;
    run(from: number, to: number): number;
    spare(_i: number): bigint;
    verdictsAt(): number;
    verdictsLength(): number;
  };
  "detectors/ip/onboard/ip.probe.ts": {
    memory: WebAssembly.Memory;
    bench(to: number, mode: number, rounds: number, span: bigint): number;
    configure(tag: number, length: number): number;
    datagramsForced(): bigint;
    evictions(): bigint;
    exportNext(): number;
    findingsLost(): bigint;
    findingsRaised(): bigint;
    frameCount(): number;
    inputAt(): number;
    inputSize(): number;
    outAt(): number;
    reset(): void;
    run(to: number, mode: number): number;
    scale(detector: number, factor: number): void;
    scoresAt(): number;
  };
  "detectors/mil1553/onboard/mil1553.probe.ts": {
    memory: WebAssembly.Memory;
    begin(): void;
    configure(length: number): number;
    explain(i: number): number;
    exportNext(): number;
    feed(length: number, mode: number): void;
    feedEnd(mode: number): void;
    inputAt(): number;
    inputSize(): number;
    lostFindings(): bigint;
    messageCount(): number;
    passing(time: bigint): void;
    resultSize(): number;
    resultsAt(): number;
    scale(detector: number, factor: number): void;
    tables(): number;
    take(): number;
    textAt(): number;
  };
  "detectors/onboard/catalogue.probe.ts": {
    memory: WebAssembly.Memory;
    at(): number;
    count(): number;
    write(d: number): number;
  };
  "detectors/onboard/statistics.probe.ts": {
    memory: WebAssembly.Memory;
    at(): number;
    bucket(v: bigint): number;
    clear(): void;
    coarseLog2(x: number): number;
    distinctUpdate(p: number, hash: bigint): number;
    elapsed(last: bigint, now: bigint): bigint;
    estimate(p: number): number;
    fullness(entropy: number, length: number): number;
    histogramCount(p: number, i: number): number;
    histogramUpdate(p: number, v: bigint): void;
    later(last: bigint, now: bigint): bigint;
    lowest(i: number): bigint;
    ofBytes(p: number, length: number): number;
    spread(h: bigint): bigint;
    tableEvictions(t: number): bigint;
    tableFind(t: number, key: bigint, check: bigint): number;
    tableFresh(t: number): number;
    tableLive(t: number): number;
    tableNth(t: number, i: number): number;
    tableOpen(t: number, base: number, capacity: number, stride: number): void;
    tablePeek(t: number, key: bigint, check: bigint): number;
  };
  "detectors/onboard/subjects.probe.ts": {
    memory: WebAssembly.Memory;
    ask(detector: number, action: number, accused: number, mac: bigint, length: number, recorder: number): number;
    frameAt(): number;
    measuresAt(): number;
    measuresLength(): number;
  };
  "detectors/rate/onboard/peaks.probe.ts": {
    memory: WebAssembly.Memory;
    at(): number;
    update(p: number, value: number): void;
  };
  "detectors/scan/onboard/scan.probe.ts": {
    memory: WebAssembly.Memory;
    attempt(src: bigint, dst: bigint, port: number, time: bigint): number;
    configure(theta0: number, theta1: number, alpha: number, power: number): number;
    expire(time: bigint): number;
    failure(src: bigint, dst: bigint, port: number, time: bigint): number;
    silent(source: number): number;
    success(src: bigint, dst: bigint, port: number): void;
    walk(source: number): number;
  };
  "detectors/shape/ground/onboard/index.ts": {
    memory: WebAssembly.Memory;
    alarmLimit(): number;
    configure(bytes: number): number;
    count(): number;
    descriptionsAt(): number;
    evictions(): bigint;
    exportEntry(): number;
    findings(): number;
    finish(): void;
    forgetTraffic(): void;
    headAt(): number;
    inputAt(): number;
    inputSize(): number;
    learningAt(): number;
    reset(): void;
    resultsAt(): number;
    run(from: number, to: number, mode: number): number;
    scale(detector: number, factor: number): void;
    textAt(): number;
    vectorAt(): number;
    words(): number;
  };
  "diode/onboard/checkers.probe.ts": {
    memory: WebAssembly.Memory;
    askFirst(length: number): number;
    askSecond(length: number): number;
    askSecondMessages(length: number): number;
    at(): number;
    configure(length: number): number;
    disagreements(length: number): number;
  };
  "ip/decode/onboard/index.ts": {
    memory: WebAssembly.Memory;
    anomalyName(id: number): number;
    application(app: number): number;
    count(): number;
    inputAt(): number;
    inputSize(): number;
    openTunnels(length: number): number;
    packetSize(): number;
    packetsAt(): number;
    protocolName(id: number): number;
    run(from: number, to: number, options: number): number;
    said(i: number): number;
    saidAt(): number;
    textAt(): number;
    words(app: number, kind: number, about: bigint, length: number): number;
  };
  "ip/onboard/application/application.probe.ts": {
    memory: WebAssembly.Memory;
    describe(app: number, kind: number): number;
    forget(): void;
    inputAt(): number;
    inputSize(): number;
    listAt(): number;
    run(to: number): number;
    textAt(): number;
  };
  "ip/onboard/decode.probe.ts": {
    memory: WebAssembly.Memory;
    anomalyName(id: number): number;
    inputAt(): number;
    nameAt(): number;
    outerAt(): number;
    packetAt(): number;
    packetSize(): number;
    protocolName(id: number): number;
    run(captured: number, original: number, link: number, options: number): void;
    scalars(): number;
  };
  "ip/onboard/flow.probe.ts": {
    memory: WebAssembly.Memory;
    bench(to: number, options: number, rounds: number, parts: number): number;
    forcedFlowCount(): bigint;
    inputAt(): number;
    inputSize(): number;
    lastTracked(): number;
    openFlowCount(): number;
    outAt(): number;
    outLength(): number;
    overflow(): number;
    packetAt(): number;
    packetSize(): number;
    run(to: number, options: number): void;
  };
  "lib/onboard/keyed.probe.ts": {
    memory: WebAssembly.Memory;
    at(): number;
    ofBytes(length: number): bigint;
    ofFive(a: bigint, b: bigint, c: bigint, d: bigint, e: bigint): bigint;
    ofThree(a: bigint, b: bigint, c: bigint): bigint;
    ofTwo(a: bigint, b: bigint): bigint;
    otherHalf(): bigint;
    withKey(a: bigint, b: bigint): void;
  };
  "lib/onboard/sha256.probe.ts": {
    memory: WebAssembly.Memory;
    at(): number;
    code(key: number, length: number, step: number): void;
    hash(length: number, step: number): void;
    out(): number;
    same(): number;
  };
  "lib/onboard/text.probe.ts": {
    memory: WebAssembly.Memory;
    at(): number;
    writeDecimal(v: number, d: number): number;
    writeIpv4(v: number): number;
    writeIpv6(hi: bigint, lo: bigint): number;
    writeMac(v: bigint): number;
    writeQuoted(length: number): number;
    writeSigned(v: bigint): number;
    writeTimestamp(ns: bigint): number;
    writeUnsigned(v: bigint): number;
  };
  "mil1553/onboard/reader.probe.ts": {
    memory: WebAssembly.Memory;
    anomalyCount(): number;
    anomalyKinds(): bigint;
    begin(): void;
    believedCount(): number;
    checksum(): bigint;
    checksumGood(at: number): number;
    feedDatagram(at: number, length: number, flow: bigint, recorder: bigint, now: bigint): void;
    feedDatagramAt(p: number, length: number, flow: bigint, recorder: bigint, now: bigint): void;
    feedEnd(): void;
    feedPieces(length: number, piece: number): void;
    feedStream(at: number, length: number): void;
    feedTick(now: bigint): void;
    frameAt(): number;
    frameCount(): number;
    inputAt(): number;
    inputSize(): number;
    lastFrame(): number;
    messageAnomalies(): bigint;
    messageCount(): number;
    offsetsAt(): number;
    packetCount(): number;
    staticBytes(): number;
    wordCount(): bigint;
  };
  "test/bench/linux-vm/onboard/pass.probe.ts": {
    memory: WebAssembly.Memory;
    abi(): number;
    configure(length: number): number;
    eventsAt(): number;
    eventsLength(): number;
    framesAt(): number;
    framesLength(): number;
    inputAt(): number;
    inputSize(): number;
    key(_a: bigint, _b: bigint): void;
    measuresAt(): number;
    measuresLength(): number;
    run(from: number, to: number): number;
    spare(_i: number): bigint;
    verdictsAt(): number;
    verdictsLength(): number;
  };
  "transfer/onboard/code.probe.ts": {
    memory: WebAssembly.Memory;
    add(): void;
    calculated(): number;
    close(): void;
    inAt(): number;
    lost(): number;
    open(k: number, rows: number, interleave: number): void;
    outAt(): number;
    parity(): number;
    recovered(): number;
    sizes(): number;
    take(): number;
  };
  "transfer/onboard/endpoint.ts": {
    memory: WebAssembly.Memory;
    floor(lowest: bigint, sequence: bigint): void;
    flush(): void;
    frameBoot(): bigint;
    frameSequence(): bigint;
    frameSize(): number;
    frameType(): number;
    inAt(): number;
    keyAt(): number;
    lateFrames(): bigint;
    lostShards(): bigint;
    mostBytes(): number;
    next(): number;
    open(data: number, parity: number, blocks: number, ownBoot: bigint): void;
    outAt(): number;
    record(): number;
    recordOrder(): bigint;
    recoveredShards(): bigint;
    sendHeartbeat(): void;
    sendIdle(): void;
    sendParity(): number;
    sendShard(): void;
    take(length: number): number;
    waiting(): number;
  };
  "transfer/onboard/relay.probe.ts": {
    memory: WebAssembly.Memory;
    allowedAt(): number;
    extensionsAt(): number;
    inAt(): number;
    keysAt(): number;
    limit(total: bigint, clocks: bigint): void;
    next(time: bigint): number;
    open(k: number, m: number, interleave: number): void;
    outAt(): number;
    take(length: number, time: bigint): number;
    tick(time: bigint): void;
  };
  "tuning/derive/onboard/survey.ts": {
    memory: WebAssembly.Memory;
    inputAt(): number;
    inputSize(): number;
    rowsAt(): number;
    survey(length: number, ignoreChecksums: number): number;
  };
}
